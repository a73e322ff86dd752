import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError } from '@causeway/model';
import { baseEnvironment } from './child-definitions.ts';
import { ensureCredentials, prepareDataFolder } from './data-folder.ts';
import { closeLog, lastLines, openLog } from './log-file.ts';
import { isFree, ownerOf } from './port-owner.ts';
import { identityOf, isAlive, type ProcessIdentity, signalProcess } from './process-identity.ts';
import { type ProcessRecord, readState, type SupervisorState } from './state-file.ts';
import { whileLocked } from './up-lock.ts';
import { installVersion, removeOldVersions } from './versions.ts';

export const defaultPort = 7070;

export interface UpOptions {
  /** The platform’s one folder. */
  readonly data: string;
  /** API, portal and git; the gateway is ten above, its metrics eleven. Default: as last time, else 7070. */
  readonly port?: number;
  readonly signal?: AbortSignal;
}

export interface UpResult {
  readonly api: string;
  readonly gateway: string;
  readonly data: string;
  /** It was running already, with this code. */
  readonly alreadyRunning: boolean;
}

/** One line for the person who waits: `PostgreSQL is ready`. `done` with the time a step took, in seconds. */
export type Progress = (line: string) => void;

const startPatienceMs = 120_000;
const handOverPatienceMs = 5_000;

const urls = (port: number) => ({
  api: `http://127.0.0.1:${port}`,
  gateway: `http://127.0.0.1:${port + 10}`,
});

const allRunning = ({ processes }: SupervisorState): boolean =>
  processes.length >= 3 &&
  processes.every(
    ({ state, identity }) => state === 'running' && identity !== undefined && isAlive(identity),
  );

const checkPorts = async (port: number, own: readonly ProcessRecord[]): Promise<void> => {
  if (own.some(({ identity }) => identity && isAlive(identity))) return;
  for (const [wanted, what] of [
    [port, 'API, portal and git'],
    [port + 10, 'the gateway'],
    [port + 11, 'the gateway’s metrics'],
  ] as const) {
    if (await isFree(wanted)) continue;
    const owner = ownerOf(wanted) ?? 'a process that this user cannot see';
    throw new PlatformError('PortInUse', `port ${wanted} (${what}) is in use by ${owner}`);
  }
};

const startDaemon = (data: string, port: number, version: string): ProcessIdentity => {
  const log = openLog(data, 'supervisor');
  try {
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        '--max-semi-space-size=1',
        join(version, 'packages/supervisor/daemon.ts'),
        data,
        String(port),
        version,
      ],
      {
        cwd: data,
        env: {
          ...baseEnvironment(data),
          ...(process.env.DATABASE_URL ? { DATABASE_URL: process.env.DATABASE_URL } : {}),
        },
        stdio: ['ignore', log, log],
        detached: true,
      },
    );
    child.unref();
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (!identity) throw new PlatformError('StartupFailed', 'the supervisor did not start');
    return identity;
  } finally {
    closeLog(log);
  }
};

const titles: Record<string, string> = {
  postgres: 'PostgreSQL',
  server: 'server',
  gateway: 'gateway',
  agent: 'agent',
};

/** Waits until every process runs, telling each that does. */
const untilReady = async (
  data: string,
  daemon: ProcessIdentity,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> => {
  const told = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const state = await readState(data);
    const current =
      state?.supervisor.pid === daemon.pid && state.supervisor.started === daemon.started ? state : undefined;
    for (const { name, state: now } of current?.processes ?? [])
      if (now === 'running' && !told.has(name)) {
        told.add(name);
        progress(`${titles[name]} is ready`);
      }
    const failing = current?.processes.find(one => one.state === 'failing');
    if (failing)
      throw new PlatformError('StartupFailed', `the ${titles[failing.name]} does not start`, {
        evidence: await lastLines(data, failing.name),
      });
    if (current && allRunning(current)) return;
    if (!isAlive(daemon))
      throw new PlatformError('StartupFailed', 'the supervisor ended', {
        evidence: await lastLines(data, 'supervisor'),
      });
    await new Promise(resolve => setTimeout(resolve, 25));
  }
};

const takeFromOldSupervisor = async ({ supervisor }: SupervisorState): Promise<void> => {
  signalProcess(supervisor, 'SIGUSR2');
  const deadline = performance.now() + handOverPatienceMs;
  while (isAlive(supervisor)) {
    if (performance.now() > deadline) signalProcess(supervisor, 'SIGKILL');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};

const lastPort = async (data: string): Promise<number | undefined> => {
  const text = await readFile(join(data, 'credentials', 'admin.json'), 'utf8').catch(() => '{}');
  const port = Number(new URL((JSON.parse(text) as { server?: string }).server ?? 'http://127.0.0.1').port);
  return port > 0 ? port : undefined;
};

/**
 * Brings the platform up and returns when it is ready: starts what is missing, adopts what runs, replaces what runs other code.
 * Throws `PortInUse`, `DataTooNew`, `DataUnusable`, `AlreadyRunning` (on another port), `StartupFailed` with the last log lines.
 */
export const up = async (options: UpOptions, progress: Progress): Promise<UpResult> => {
  const data = resolve(options.data);
  const signal = AbortSignal.any([
    AbortSignal.timeout(startPatienceMs),
    ...(options.signal ? [options.signal] : []),
  ]);
  await prepareDataFolder(data);
  return whileLocked(data, signal, async () => {
    const port = options.port ?? (await lastPort(data)) ?? defaultPort;
    const state = await readState(data);
    const supervised = state !== undefined && isAlive(state.supervisor);
    if (supervised && state.port !== port)
      throw new PlatformError(
        'AlreadyRunning',
        `the platform in ${data} already runs on port ${state.port}`,
        {
          next: 'Use it there, or run `platform down` first.',
        },
      );
    const version = await installVersion(data);
    const result = { ...urls(port), data, alreadyRunning: false };
    if (supervised && state.version === version && allRunning(state))
      return { ...result, alreadyRunning: true };
    await checkPorts(port, state?.processes ?? []);
    await ensureCredentials(data, port);
    if (supervised) await takeFromOldSupervisor(state);
    const daemon = startDaemon(data, port, version);
    try {
      await untilReady(data, daemon, progress, signal);
    } catch (error) {
      if (!signal.aborted || error instanceof PlatformError) throw error;
      throw options.signal?.aborted
        ? error
        : new PlatformError('StartupFailed', `not everything was ready after ${startPatienceMs / 1000} s`, {
            evidence: await lastLines(data, 'supervisor'),
          });
    }
    await removeOldVersions(data, new Set([version]));
    return result;
  });
};
