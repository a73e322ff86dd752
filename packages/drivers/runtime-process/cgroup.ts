import { readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMillis, memoryBytes, type Resources } from '@causeway/model';
import type { CgroupHierarchy, Controller } from './cgroup-hierarchy.ts';

/** The cgroup of one workload, a folder a controller. It is written down, since the next agent may itself be in another cgroup. */
export interface Cgroup {
  readonly version: 1 | 2;
  readonly folders: Readonly<Partial<Record<Controller, string>>>;
}

/** Enough for a JVM with hundreds of threads; a fork bomb ends here. */
const maxProcesses = 2048;
const cpuPeriodMicros = 100_000;

const foldersOf = (cgroup: Cgroup): string[] => [...new Set(Object.values(cgroup.folders))];

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Kernels differ in which knobs they have; a limit that cannot be set is one the machine does not have. */
const set = (folder: string | undefined, file: string, value: string | number): void => {
  if (folder === undefined) return;
  try {
    writeFileSync(join(folder, file), String(value));
  } catch {}
};

/** The cgroup that a workload is to have; it need not be there yet. */
export const cgroupFor = ({ version, parents }: CgroupHierarchy, id: string): Cgroup => ({
  version,
  folders: Object.fromEntries(
    Object.entries(parents).map(([name, parent]) => [name, join(parent, `causeway-${id}`)]),
  ),
});

/**
 * Makes the cgroup, with the limits that hold from the moment that somebody is inside: memory and number of processes. `false`
 * when this machine lets none be made. A folder takes the kernel a millisecond, hence asynchronous.
 */
export const makeCgroup = async (cgroup: Cgroup, resources: Resources): Promise<boolean> => {
  const { version, folders } = cgroup;
  const made = await Promise.allSettled(foldersOf(cgroup).map(folder => mkdir(folder, { recursive: true })));
  if (!made.some(({ status }) => status === 'fulfilled')) return false;
  const bytes = memoryBytes(resources.memory);
  set(folders.memory, version === 2 ? 'memory.max' : 'memory.limit_in_bytes', bytes);
  // No swap beyond it: a program that swaps takes the machine down with it.
  if (version === 2) set(folders.memory, 'memory.swap.max', 0);
  else set(folders.memory, 'memory.memsw.limit_in_bytes', bytes);
  set(folders.pids, 'pids.max', maxProcesses);
  return true;
};

/** Takes back the limit of CPU time of the run before, if there was one. */
export const freeCpu = ({ version, folders }: Cgroup): void => {
  if (version === 2) set(folders.cpu, 'cpu.max', 'max');
  else set(folders.cpu, 'cpu.cfs_quota_us', -1);
};

/** Limits CPU time. Not before the start is done: programs need more to start than to run, and the push waits for them. */
export const limitCpu = (cgroup: Cgroup, resources: Resources): void => {
  const quota = Math.max(1000, Math.round((cpuMillis(resources.cpu) / 1000) * cpuPeriodMicros));
  if (cgroup.version === 2) set(cgroup.folders.cpu, 'cpu.max', `${quota} ${cpuPeriodMicros}`);
  else set(cgroup.folders.cpu, 'cpu.cfs_quota_us', quota);
};

export const membersOf = (cgroup: Cgroup): number[] => [
  ...new Set(
    foldersOf(cgroup).flatMap(folder =>
      read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number),
    ),
  ),
];

/** Puts a process, with all its threads, into the cgroup. It takes up to 20 ms in the kernel (a grace period), hence asynchronous. */
export const moveInto = async (cgroup: Cgroup, pid: number): Promise<void> => {
  for (const folder of foldersOf(cgroup))
    await writeFile(join(folder, 'cgroup.procs'), String(pid)).catch(() => {});
};

/** How often the kernel ended something in here for want of memory. */
export const oomKills = (cgroup: Cgroup): number => {
  const folder = cgroup.folders.memory;
  if (folder === undefined) return 0;
  const text = read(join(folder, cgroup.version === 2 ? 'memory.events' : 'memory.oom_control'));
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
};

/** Removes an empty cgroup. Processes that have just ended hold it for some milliseconds. */
export const removeCgroup = async (cgroup: Cgroup): Promise<void> => {
  for (const folder of foldersOf(cgroup)) {
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        rmdirSync(folder);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBUSY') break;
        await sleep(10);
      }
    }
  }
};
