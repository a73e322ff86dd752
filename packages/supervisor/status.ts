import { resolve } from 'node:path';
import { isAlive } from './process-identity.ts';
import { type ProcessRecord, readState } from './state-file.ts';

export interface ProcessStatus {
  readonly name: ProcessRecord['name'];
  readonly pid?: number;
  readonly state: ProcessRecord['state'];
  readonly since: string;
  readonly restarts: number;
}

export interface PlatformStatus {
  readonly data: string;
  readonly api: string;
  readonly gateway: string;
  readonly supervisor: { readonly pid: number; readonly state: 'running' | 'stopped' };
  readonly processes: readonly ProcessStatus[];
}

/** How the platform in a folder stands, from what the supervisor wrote and what the machine says; `undefined` when none was started. */
export const status = async (options: { readonly data: string }): Promise<PlatformStatus | undefined> => {
  const data = resolve(options.data);
  const state = await readState(data);
  if (!state) return undefined;
  const { port, supervisor } = state;
  return {
    data,
    api: `http://127.0.0.1:${port}`,
    gateway: `http://127.0.0.1:${port + 10}`,
    supervisor: { pid: supervisor.pid, state: isAlive(supervisor) ? 'running' : 'stopped' },
    processes: state.processes.map(({ name, state: known, since, restarts, identity }) => {
      const alive = identity !== undefined && isAlive(identity);
      return {
        name,
        ...(alive ? { pid: identity.pid } : {}),
        state: alive ? known : known === 'running' ? 'stopped' : known,
        since,
        restarts,
      };
    }),
  };
};
