import { setTimeout as sleep } from 'node:timers/promises';
import { type Cgroup, membersOf, moveInto } from './cgroup.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { descendantsOf, sessionOf } from './process-tree.ts';

/** Far more than a start needs; where a process cannot be moved there is no point in going on. */
const mostPasses = 200;
const secondLookMs = 1000;

/** Moves until nobody is outside: children are born where their parent is, so then nobody can get there. */
const moveAll = async (
  cgroup: Cgroup,
  shim: ProcessIdentity,
  look: (shim: ProcessIdentity) => readonly number[],
): Promise<void> => {
  for (let pass = 0; pass < mostPasses && isAlive(shim); pass++) {
    const inside = new Set(membersOf(cgroup));
    const outside = look(shim).filter(pid => !inside.has(pid));
    if (outside.length === 0 && inside.size > 0) return;
    for (const pid of outside) await moveInto(cgroup, pid);
    if (outside.length === 0) await sleep(2);
  }
};

/**
 * Puts a workload that has just started into its cgroup, whatever it has forked meanwhile included. Not done by the shim
 * before the start: the kernel takes up to 20 ms for the first move after a while, and here nobody waits for it.
 * Idempotent, so the next agent completes what this one did not.
 */
export const confine = async (cgroup: Cgroup, shim: ProcessIdentity): Promise<void> => {
  await moveAll(cgroup, shim, descendantsOf);
  // Whoever lost its parent in these first milliseconds is found in the session, at a time when nobody is in a hurry.
  await sleep(secondLookMs, undefined, { ref: false });
  await moveAll(cgroup, shim, sessionOf);
};
