import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './data-folder.ts';
import type { ProcessIdentity } from './process-identity.ts';

export const processNames = ['postgres', 'server', 'gateway', 'agent'] as const;
export type ProcessName = (typeof processNames)[number];

export interface ProcessRecord {
  readonly name: ProcessName;
  readonly state: 'starting' | 'running' | 'failing' | 'stopped';
  readonly identity?: ProcessIdentity;
  /** RFC 3339: since when it is in this state. */
  readonly since: string;
  readonly restarts: number;
  /** The code it runs from. */
  readonly version?: string;
}

/** What the supervisor knows, in DATA/run/supervisor.json: it outlives the supervisor, so that the next can adopt. */
export interface SupervisorState {
  readonly supervisor: ProcessIdentity;
  readonly port: number;
  readonly version: string;
  readonly processes: readonly ProcessRecord[];
}

const fileOf = (data: string): string => join(data, 'run', 'supervisor.json');

export const readState = async (data: string): Promise<SupervisorState | undefined> => {
  try {
    return JSON.parse(await readFile(fileOf(data), 'utf8')) as SupervisorState;
  } catch {
    return undefined;
  }
};

export const writeState = (data: string, state: SupervisorState): Promise<void> =>
  writeWhole(fileOf(data), `${JSON.stringify(state, null, 2)}\n`);
