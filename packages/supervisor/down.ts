import { mkdir } from 'node:fs/promises';
import { PlatformError } from '@causeway/model';
import { findDataFolder } from './data/data-folder.ts';
import { deleteData } from './data/delete-data.ts';
import { lockHolder, releaseLock, takeLock } from './data/lock.ts';
import { lastLines } from './data/logs.ts';
import { dataPaths, logFile } from './data/paths.ts';
import { type PlatformState, readState, writeState } from './data/platform-state.ts';
import { isAlive } from './processes/identity.ts';
import { endsWithin, send } from './processes/stop-process.ts';
import { stopPlatform } from './shutdown/stop-platform.ts';

export interface DownOptions {
  readonly data: string;
  /** Deletes the folder too. */
  readonly purge?: boolean;
}

/** The supervisor stops everything else in this time, services and their grace included. */
const SUPERVISOR_WITHIN_MS = 150_000;

/**
 * Ends everything of the platform in this folder, services included; nothing is left running.
 * @returns whether anything ran.
 */
export const down = async ({ data: folder, purge = false }: DownOptions): Promise<boolean> => {
  const data = await findDataFolder(folder);
  if (data === undefined) return false;
  const paths = dataPaths(data);
  await mkdir(paths.run, { recursive: true, mode: 0o700 });
  const supervisor = await lockHolder(paths.lock);
  if (supervisor !== undefined) {
    send(supervisor, 'SIGTERM');
    if (!(await endsWithin(supervisor, SUPERVISOR_WITHIN_MS))) send(supervisor, 'SIGKILL');
  }
  const holder = await takeLock(paths.lock);
  if (holder !== undefined) {
    throw new PlatformError('Conflict', `Somebody else starts or stops the platform in ${data} now.`, {
      evidence: [`process ${holder.pid}`],
      next: 'Wait a moment, then run `platform down` again.',
    });
  }
  try {
    const state = await readState(data);
    const done = supervisor !== undefined && state?.processes.every(process => process.state === 'stopped');
    return done || (await stopWhatIsLeft(data, state)) || supervisor !== undefined;
  } finally {
    await releaseLock(paths.lock);
    if (purge) await deleteData(data);
  }
};

/** After kill -9 of the supervisor, or when it could not stop everything. */
const stopWhatIsLeft = async (data: string, state: PlatformState | undefined): Promise<boolean> => {
  const ran = state?.processes.some(({ identity }) => identity !== undefined && isAlive(identity)) ?? false;
  const problems = await stopPlatform(data, state);
  if (problems.length > 0) {
    const lines = await lastLines(logFile(data, 'agent'), 10);
    throw new PlatformError('Internal', `Not everything of the platform in ${data} could be stopped.`, {
      evidence: [...problems, ...lines],
      next: 'Run `platform down` again; `platform status` shows what still runs.',
    });
  }
  if (state !== undefined) {
    const { supervisor: _gone, ...rest } = state;
    const stopped = rest.processes.map(({ identity: _identity, ...one }) => ({
      ...one,
      state: 'stopped' as const,
    }));
    await writeState(data, { ...rest, processes: stopped });
  }
  return ran;
};
