import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import { type Cgroup, membersOf } from './cgroup.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { processesOf, signal } from './process-tree.ts';

export interface Condemned {
  readonly id: string;
  readonly shim: ProcessIdentity | undefined;
  readonly cgroup: Cgroup | undefined;
  /** A launcher around the program that must not be asked: bubblewrap would end without letting the program finish. */
  readonly launcher?: number | undefined;
  readonly exited: Promise<unknown>;
}

const lookMs = 20;
/** How long what a program left behind may go on after the program itself has ended. */
const leftoverMs = 2000;
const killWithinMs = 10_000;
const shimWithinMs = 1000;

const running = ({ id, shim, cgroup }: Condemned): number[] =>
  processesOf({ id, shim, ...(cgroup ? { confined: membersOf(cgroup) } : {}) });

const untilNone = async (condemned: Condemned, withinMs: number): Promise<boolean> => {
  for (const deadline = Date.now() + withinMs; running(condemned).length > 0; await sleep(lookMs))
    if (Date.now() >= deadline) return false;
  return true;
};

/** Once. Only a start that has come no further than the shim is awaited: there is nobody to ask yet. */
const ask = async (condemned: Condemned, withinMs: number): Promise<void> => {
  const { shim, launcher } = condemned;
  for (const deadline = Date.now() + withinMs; ; await sleep(lookMs)) {
    const found = running(condemned).filter(pid => pid !== launcher);
    for (const pid of found) signal(pid, 'SIGTERM');
    if (found.length > 0 || !shim || !isAlive(shim) || Date.now() >= deadline) return;
  }
};

const kill = async (condemned: Condemned): Promise<void> => {
  const deadline = Date.now() + killWithinMs;
  // Again and again: what forks while it is being killed leaves children.
  for (let left = running(condemned); left.length > 0; left = running(condemned)) {
    if (Date.now() > deadline)
      throw new PlatformError('Internal', `${left.length} processes of ${condemned.id} do not end.`, {
        evidence: left.map(pid => `process ${pid}`),
        next: 'They wait for the machine (a disk, a network file system); once it answers they end by themselves.',
      });
    for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(lookMs);
  }
};

/** The shim ends by itself when it has nothing to wait for; one that is just starting its program does not come to that. */
const endShim = async (shim: ProcessIdentity): Promise<void> => {
  for (const deadline = Date.now() + shimWithinMs; isAlive(shim); await sleep(5))
    if (Date.now() > deadline) signal(shim.pid, 'SIGKILL');
};

/** Asks every process of a workload to end (SIGTERM), gives it time, then ends it (SIGKILL). Resolves when nothing of it runs. */
export const endProcesses = async (condemned: Condemned, graceMs: number): Promise<void> => {
  const { shim, exited } = condemned;
  const begun = Date.now();
  await ask(condemned, graceMs);
  const clock = new AbortController();
  const leftMs = (): number => Math.max(0, graceMs - (Date.now() - begun));
  await Promise.race([exited, sleep(leftMs(), undefined, { signal: clock.signal }).catch(() => {})]);
  clock.abort();
  if (!(await untilNone(condemned, Math.min(leftMs(), leftoverMs)))) await kill(condemned);
  if (!shim) return;
  await endShim(shim);
  // What it started in its last moment.
  await kill(condemned);
};
