import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { PlantedFault } from './planted-faults.ts';

export interface Servers {
  readonly ports: readonly number[];
  /** Which of them listen now. */
  listening(): number[];
  /** `kill -9`; it is started again after a while, as the supervisor would. */
  kill(index: number, restartAfterMs: number): void;
  /** Stops it where it stands, and lets it go on. */
  pause(index: number, forMs: number): Promise<void>;
  /** How often one could not start, mostly because the database was down. */
  readonly failedStarts: number;
  stop(): Promise<void>;
}

export interface ServersOptions {
  readonly count: number;
  /** The certificates lie here. */
  readonly folder: string;
  readonly connectionString: string;
  readonly log: number;
  readonly fault?: PlantedFault;
}

/** A server that cannot start, because the database is down, tries again after this. */
const retryMs = 300;

/** Starts servers on one database, each on a port of its own, and starts again whatever ends. */
export const startServers = async (options: ServersOptions): Promise<Servers> => {
  const ports = await freePorts(options.count);
  const children = new Map<number, ChildProcess>();
  const ready = new Set<number>();
  const restartAfter = new Map<number, number>();
  const gone: Promise<void>[] = [];
  let stopping = false;
  let failedStarts = 0;

  const start = (index: number): void => {
    if (stopping) return;
    const child = fork(
      join(import.meta.dirname, 'api-server.ts'),
      [String(ports[index]), join(options.folder, 'keys'), options.fault ?? ''],
      {
        stdio: ['ignore', options.log, options.log, 'ipc'],
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          CAUSEWAY_DATABASE_URL: options.connectionString,
          NODE_COMPILE_CACHE: join(options.folder, 'compile-cache'),
        },
      },
    );
    children.set(index, child);
    child.once('message', () => ready.add(index));
    const ended = Promise.withResolvers<void>();
    gone.push(ended.promise);
    child.once('exit', code => {
      ready.delete(index);
      children.delete(index);
      if (code !== null && !stopping) failedStarts += 1;
      setTimeout(() => start(index), restartAfter.get(index) ?? retryMs);
      restartAfter.delete(index);
      ended.resolve();
    });
  };
  for (const index of ports.keys()) start(index);
  return {
    ports,
    listening: () => [...ready],
    kill(index, restartAfterMs) {
      restartAfter.set(index, restartAfterMs);
      children.get(index)?.kill('SIGKILL');
    },
    async pause(index, forMs) {
      const child = children.get(index);
      child?.kill('SIGSTOP');
      await new Promise(resolve => setTimeout(resolve, forMs));
      child?.kill('SIGCONT');
    },
    get failedStarts() {
      return failedStarts;
    },
    async stop() {
      stopping = true;
      for (const child of children.values()) child.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
};

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** Below the ephemeral range, so that no outgoing connection takes one while its server is down. */
const freePorts = async (count: number): Promise<number[]> => {
  const found = new Set<number>();
  while (found.size < count) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
};
