import { setTimeout as sleep } from 'node:timers/promises';
import { type Cgroup, membersOf, moveInto } from './cgroup.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { sessionOf } from './process-tree.ts';

/** Far more than a start needs; where a process cannot be moved there is no point in going on. */
const mostPasses = 200;

/**
 * Puts a workload that has just started into its cgroup, whatever it has forked meanwhile included. Not done by the shim
 * before the start: the kernel takes up to 20 ms for the first move after a while, and here nobody waits for it.
 * Idempotent, so the next agent completes what this one did not.
 */
export const confine = async (cgroup: Cgroup, shim: ProcessIdentity): Promise<void> => {
  let found = false;
  for (let pass = 0; pass < mostPasses && isAlive(shim); pass++) {
    const inside = new Set(membersOf(cgroup));
    const outside = sessionOf(shim).filter(pid => !inside.has(pid));
    found ||= outside.length + inside.size > 0;
    // Children are born where their parent is: once nobody is outside, nobody can get there.
    if (found && outside.length === 0) return;
    for (const pid of outside) await moveInto(cgroup, pid);
    if (!found) await sleep(2);
  }
};
