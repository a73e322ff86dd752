import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { send } from './postmaster.ts';

/** A server and its workers work in its data folder. `false` for what has ended or is somebody else's. */
const worksIn = async (pid: number, folder: string): Promise<boolean> =>
  (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === folder;

/** Workers say in their title what they do, the server how it was started. */
const isWorker = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).startsWith('postgres: ');

/** pid (command) state ppid …; the command may hold spaces and brackets. */
const parentOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
};

/**
 * Ends the workers of a server that is dead. Most notice by themselves; one that waits for a lock which a dead one held waits for
 * ever, and PostgreSQL starts no server beside it. Only where the kernel tells what a process works in: Linux.
 */
export const endOrphans = async (data: string): Promise<void> => {
  if (process.platform !== 'linux') return;
  const folder = await realpath(data).catch(() => undefined);
  if (folder === undefined) return;
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  for (const pid of pids)
    if (
      (await worksIn(pid, folder)) &&
      (await isWorker(pid)) &&
      !(await worksIn(await parentOf(pid), folder))
    )
      send(pid, 'SIGKILL');
};
