import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PostgresError } from './postgres-error.ts';

const run = promisify(execFile);

/** A running server, as its postmaster.pid tells (src/include/utils/pidfile.h). */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly port: number;
  /** It takes connections. */
  readonly ready: boolean;
}

/** The server that runs over this data folder. A file left by a dead one, or whose pid now is another program's, counts for nothing. */
export const findPostmaster = async (data: string): Promise<Postmaster | undefined> => {
  const lines = (await readPidFile(data))?.split('\n');
  if (lines === undefined) return undefined;
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isServerOf(pid, data))) return undefined;
  return { pid, port: Number(lines[3]), socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
};

export const readPidFile = async (data: string): Promise<string | undefined> =>
  readFile(path.join(data, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** Whether this process is a PostgreSQL that was started over this folder. */
const isServerOf = async (pid: number, data: string): Promise<boolean> =>
  (await commandOf(pid)).includes(data);

const commandOf = async (pid: number): Promise<string> => {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const listed = run('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { timeout: 10_000 });
  return listed.then(result => result.stdout).catch(() => '');
};

/** Ends the server: first as usual (open transactions are undone), after `graceMs` at once (recovery at the next start). */
export const stopPostmaster = async (data: string, graceMs = 20_000): Promise<void> => {
  // postmaster.c: SIGINT is a fast shutdown, SIGQUIT an immediate one.
  const steps = [
    { signal: 'SIGINT', within: graceMs },
    { signal: 'SIGQUIT', within: 7_000 },
    { signal: 'SIGKILL', within: 3_000 },
  ] as const;
  for (const { signal, within } of steps) {
    const found = await findPostmaster(data);
    if (found === undefined) return;
    send(found.pid, signal);
    if (await isGone(found.pid, data, within)) return;
  }
  throw new PostgresError(`PostgreSQL in ${data} does not end.`);
};

/** To a process that may be gone already. */
export const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const isGone = async (pid: number, data: string, withinMs: number): Promise<boolean> => {
  const deadline = performance.now() + withinMs;
  while (await isServerOf(pid, data)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
};
