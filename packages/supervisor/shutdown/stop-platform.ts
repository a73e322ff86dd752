import { readdir } from 'node:fs/promises';
import { stopPostgres } from '@causeway/postgres';
import { dataPaths } from '../data/paths.ts';
import type { PlatformState, ProcessName } from '../data/platform-state.ts';
import { stopProcess } from '../processes/stop-process.ts';
import { graceMs } from './grace.ts';
import { stopStrays } from './stop-strays.ts';
import { stopWorkloads } from './stop-workloads.ts';

/**
 * Ends everything of the platform in DATA but its supervisor: what people reach first, what holds their data last. Goes
 * on when a step fails, and works whatever runs.
 * @returns what did not work.
 */
export const stopPlatform = async (data: string, state: PlatformState | undefined): Promise<string[]> => {
  const problems: string[] = [];
  const attempt = (what: string, work: Promise<unknown>): Promise<unknown> =>
    work.catch(error => problems.push(`${what}: ${(error as Error).message}`));
  const stop = async (name: ProcessName): Promise<void> => {
    const identity = state?.processes.find(process => process.name === name)?.identity;
    if (identity !== undefined && !(await stopProcess(identity, graceMs[name]))) {
      throw new Error(`process ${identity.pid} does not end`);
    }
  };
  await Promise.all([attempt('gateway', stop('gateway')), attempt('agent', stop('agent'))]);
  await attempt('services', stopWorkloads(data, state?.port ?? 0));
  await attempt('server', stop('server'));
  await attempt('processes', stopStrays(data, undefined, { alone: true }));
  await attempt('PostgreSQL', stopEmbeddedPostgres(data));
  return problems;
};

const stopEmbeddedPostgres = async (data: string): Promise<void> => {
  const { postgres } = dataPaths(data);
  const there = await readdir(postgres).catch(() => []);
  if (there.length > 0) await stopPostgres(postgres, graceMs.postgres);
};
