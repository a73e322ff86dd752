import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { adoptPostgres } from '@causeway/postgres';
import { endProcess, isAlive } from './process-identity.ts';
import { readState, type SupervisorState } from './state-file.ts';
import { stopWorkloads } from './stop-workloads.ts';
import { whileLocked } from './up-lock.ts';

export interface DownOptions {
  readonly data: string;
  /** Deletes the folder with everything in it. */
  readonly purge?: boolean;
}

const patienceMs = 120_000;

/** Without a supervisor: what it would have done. */
const stopAll = async (data: string, { processes, version }: SupervisorState): Promise<void> => {
  const end = async (name: string, patience: number): Promise<void> => {
    const identity = processes.find(record => record.name === name)?.identity;
    if (identity && isAlive(identity)) await endProcess(identity, patience);
  };
  await Promise.all([end('gateway', 12_000), end('agent', 35_000)]);
  await stopWorkloads(data, version);
  await end('server', 8000);
  await (await adoptPostgres(join(data, 'postgres')))?.stop();
};

/** Ends everything of the platform, running services included. Returns whether anything ran. */
export const down = async (options: DownOptions): Promise<boolean> => {
  const data = resolve(options.data);
  const state = await readState(data);
  if (state)
    await whileLocked(data, AbortSignal.timeout(patienceMs), async () => {
      if (isAlive(state.supervisor)) await endProcess(state.supervisor, patienceMs);
      // Also what a supervisor that was killed, or forced to end, left.
      await stopAll(data, (await readState(data)) ?? state);
      await rm(join(data, 'run', 'supervisor.json'), { force: true });
    });
  if (options.purge) await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return state !== undefined;
};
