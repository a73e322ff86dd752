import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adoptPostgres, ensureCluster, startPostgres } from '@causeway/postgres';
import { dataPaths, logFile } from '../data/paths.ts';
import { graceMs } from '../shutdown/grace.ts';
import { nodeOf } from '../versions/version.ts';
import { answers } from './answers.ts';
import { childEnvironment } from './child-environment.ts';
import { handOverGateway } from './hand-over-gateway.ts';
import type { Program } from './managed-process.ts';
import { spawnProgram } from './spawn-program.ts';

export interface ProgramSettings {
  readonly data: string;
  readonly port: number;
  readonly version: string;
  /** A PostgreSQL of somebody else; then none is started. */
  readonly databaseUrl?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Gateway and agent wait so long for the server, which they ask first; then they go by what they last knew. */
const PATIENCE_MS = 5_000;

/**
 * MiB. It allocates little, and the default lets garbage take 15 MiB more: memory that the kernel copies its tables of whenever
 * the agent starts a program.
 */
const agentFlags = ['--max-semi-space-size=4'];

/** The platform's programs, in the order in which they need one another. */
export const platformPrograms = (settings: ProgramSettings): Program[] => {
  const { data, port, version } = settings;
  const paths = dataPaths(data);
  const folder = path.join(paths.versions, version);
  const environment = childEnvironment(settings.environment, { data, port, version: folder });
  const serverReady = Promise.withResolvers<void>();

  const launch = (
    name: 'server' | 'gateway' | 'agent',
    more: Record<string, string> = {},
    flags: readonly string[] = [],
  ): Promise<number> =>
    spawnProgram({
      node: nodeOf(folder),
      main: path.join(folder, 'packages', name, 'main.ts'),
      flags,
      name,
      data,
      environment: { ...environment, ...more },
    });
  const serverOrPatience = (signal: AbortSignal) =>
    Promise.race([serverReady.promise, sleep(PATIENCE_MS, undefined, { signal })]);

  const postgres: Program = {
    name: 'postgres',
    async start(signal) {
      await ensureCluster({ folder: paths.postgres, signal });
      const running = await startPostgres({ folder: paths.postgres, log: logFile(data, 'postgres'), signal });
      return running.pid;
    },
    isReady: async () => true,
    graceMs: graceMs.postgres,
  };
  const server: Program = {
    name: 'server',
    version,
    async start(signal) {
      const url = settings.databaseUrl ?? (await embeddedDatabase(paths.postgres, signal));
      return launch('server', { CAUSEWAY_DATABASE_URL: url });
    },
    async isReady() {
      const ready = await answers(port, '/readyz');
      if (ready) serverReady.resolve();
      return ready;
    },
    graceMs: graceMs.server,
  };
  const gateway: Program = {
    name: 'gateway',
    version,
    async start(signal) {
      await serverOrPatience(signal);
      const main = path.join(paths.current, 'packages', 'gateway', 'main.ts');
      return launch('gateway', { CAUSEWAY_GATEWAY_MAIN: main });
    },
    isReady: () => answers(port + 11, '/readyz'),
    successor: () => pidIn(paths.gatewayPid),
    replace: running => handOverGateway(running, () => pidIn(paths.gatewayPid)),
    graceMs: graceMs.gateway,
  };
  const agent: Program = {
    name: 'agent',
    version,
    async start(signal) {
      await serverOrPatience(signal);
      return launch('agent', {}, agentFlags);
    },
    isReady: async pid => (await pidIn(paths.agentReady)) === pid,
    graceMs: graceMs.agent,
  };
  return settings.databaseUrl === undefined ? [postgres, server, gateway, agent] : [server, gateway, agent];
};

/** Its URL, once it takes connections. */
const embeddedDatabase = async (folder: string, signal: AbortSignal): Promise<string> => {
  for (;;) {
    const running = await adoptPostgres(folder);
    if (running !== undefined) return running.connectionString;
    await sleep(20, undefined, { signal });
  }
};

const pidIn = async (file: string): Promise<number | undefined> =>
  Number(await readFile(file, 'utf8').catch(() => '')) || undefined;
