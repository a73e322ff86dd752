import { findDataFolder } from './data/data-folder.ts';
import {
  type PlatformState,
  type ProcessName,
  type ProcessRecord,
  type ProcessState,
  readState,
} from './data/platform-state.ts';
import { isAlive } from './processes/identity.ts';

export interface ProcessStatus {
  readonly name: ProcessName;
  /** Only `running` is well. */
  readonly state: ProcessState;
  readonly pid?: number;
  /** When it came into this state, RFC 3339. */
  readonly since: string;
  readonly restarts: number;
}

export interface PlatformStatus {
  /** URL of API, portal and git. */
  readonly api: string;
  /** URL of the gateway. */
  readonly gateway: string;
  readonly data: string;
  readonly supervisor: { readonly state: 'running' | 'stopped'; readonly pid?: number };
  readonly processes: readonly ProcessStatus[];
}

/** What runs of the platform in this folder; `undefined` when nobody ran `up` with it. */
export const status = async ({
  data: folder,
}: {
  readonly data: string;
}): Promise<PlatformStatus | undefined> => {
  const data = await findDataFolder(folder);
  const state = data === undefined ? undefined : await readState(data);
  return data === undefined || state === undefined ? undefined : statusOf(data, state);
};

export const addressesOf = (port: number): { readonly api: string; readonly gateway: string } => ({
  api: `http://127.0.0.1:${port}`,
  gateway: `http://127.0.0.1:${port + 10}`,
});

const statusOf = (data: string, { port, supervisor, processes }: PlatformState): PlatformStatus => {
  const supervised = supervisor !== undefined && isAlive(supervisor);
  return {
    ...addressesOf(port),
    data,
    supervisor: supervised ? { state: 'running', pid: supervisor.pid } : { state: 'stopped' },
    processes: processes.map(record => processStatus(record, supervised)),
  };
};

/** The record is as old as the supervisor's last look; the process itself is asked now. */
const processStatus = (
  { name, state, since, restarts, identity }: ProcessRecord,
  supervised: boolean,
): ProcessStatus => {
  if (identity !== undefined && isAlive(identity)) return { name, state, pid: identity.pid, since, restarts };
  if (!supervised) return { name, state: 'stopped', since, restarts };
  return { name, state: state === 'running' ? 'restarting' : state, since, restarts };
};
