import { readFile } from 'node:fs/promises';
import type { ProcessIdentity } from '../processes/identity.ts';
import { dataPaths } from './paths.ts';
import { writeAtomically } from './write-atomically.ts';

export const processNames = ['postgres', 'server', 'gateway', 'agent'] as const;
export type ProcessName = (typeof processNames)[number];

/** `running` means that it said it is ready; `restarting` that it ended and will be started again after a pause. */
export type ProcessState = 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped';

export interface ProcessRecord {
  readonly name: ProcessName;
  readonly state: ProcessState;
  /** When it came into this state, RFC 3339. */
  readonly since: string;
  /** How often it was started again since the supervisor began. */
  readonly restarts: number;
  /** Starts in a row that did not get ready. */
  readonly failures: number;
  readonly identity?: ProcessIdentity;
  /** The version it runs. PostgreSQL has none. */
  readonly version?: string;
}

/** DATA/run/platform.json: what runs, written by the supervisor at each change, read by everybody else. */
export interface PlatformState {
  readonly format: 1;
  readonly port: number;
  readonly version: string;
  readonly database: 'embedded' | 'external';
  readonly supervisor?: ProcessIdentity;
  readonly processes: readonly ProcessRecord[];
}

export const readState = async (data: string): Promise<PlatformState | undefined> => {
  const text = await readFile(dataPaths(data).state, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // A crash of the machine may leave an empty file; nothing of what it said runs any more.
    return undefined;
  }
};

export const writeState = (data: string, state: PlatformState): Promise<void> =>
  writeAtomically(dataPaths(data).state, `${JSON.stringify(state, null, 2)}\n`);
