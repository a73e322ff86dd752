import { type ChildProcess, spawn } from 'node:child_process';
import { chown, open, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, findAccounts } from './account.ts';
import { clusterPaths, connectionString } from './cluster.ts';
import { findInstallation } from './installation.ts';
import { environmentFor, linkLibraries } from './libraries.ts';
import { endOrphans } from './orphans.ts';
import { PostgresError } from './postgres-error.ts';
import { findPostmaster, type Postmaster, readPidFile, stopPostmaster } from './postmaster.ts';
import { pgHbaConf, postgresqlConf } from './settings.ts';
import { ensureSocketFolder, socketFolderFor } from './socket-folder.ts';

export interface StartOptions {
  /** A folder that `ensureCluster` made. */
  readonly folder: string;
  /** File that the server's log is appended to. */
  readonly log: string;
  /** Default: `socketFolderFor(folder)`. */
  readonly socketFolder?: string;
  /** Part of the socket's name; nothing listens on TCP. Default 5432. */
  readonly port?: number;
  /** `false` loses data when the machine stops: for throw-away clusters only. Default true. */
  readonly durable?: boolean;
  /** How long the start may take, recovery included. Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface RunningPostgres {
  readonly pid: number;
  /** The file that clients connect to. */
  readonly socket: string;
  /** With the password: never in a log or an argument list. */
  readonly connectionString: string;
  /** Whether it already ran. */
  readonly adopted: boolean;
  stop(graceMs?: number): Promise<void>;
}

/** By themselves, after kill -9 of their server. */
const ORPHANS_END_WITHIN_MS = 2_000;

/**
 * Starts the server and waits until it takes connections; adopts one that already runs. It goes on when this process
 * ends. Only its own user and whoever has the password reach it, through a socket.
 */
export const startPostgres = async (options: StartOptions): Promise<RunningPostgres> => {
  const { data } = clusterPaths(options.folder);
  const deadline = performance.now() + (options.timeoutMs ?? 60_000);
  const running = await findPostmaster(data);
  if (running !== undefined) {
    const from = await sizeOf(options.log);
    return handleOf(options.folder, await untilReady(data, running.pid, deadline, options, from), true);
  }
  let refused: number | undefined;
  for (;;) {
    // Before the launch: a server that is refused says why at once, and may be gone before we look.
    const from = await sizeOf(options.log);
    const child = await launch(options);
    try {
      const ready = await untilReady(data, child.pid!, deadline, options, from, child);
      return handleOf(options.folder, ready, false);
    } catch (error) {
      // After kill -9 of the server its workers need a moment to notice; until then a new one is refused.
      const again =
        error instanceof PostgresError &&
        error.evidence.some(line => line.includes('pre-existing shared memory'));
      if (!again || performance.now() > deadline) throw error;
      refused ??= performance.now();
      if (performance.now() - refused > ORPHANS_END_WITHIN_MS) await endOrphans(data);
      await sleep(100);
    }
  }
};

/** The server of this folder, when it runs and takes connections. */
export const adoptPostgres = async (folder: string): Promise<RunningPostgres | undefined> => {
  const found = await findPostmaster(clusterPaths(folder).data);
  return found?.ready ? handleOf(folder, found, true) : undefined;
};

/** Ends the server of this folder, whether or not it takes connections yet; resolves when nothing of it runs. */
export const stopPostgres = async (folder: string, graceMs?: number): Promise<void> => {
  const { data } = clusterPaths(folder);
  const found = await findPostmaster(data);
  await stopPostmaster(data, graceMs);
  await endOrphans(data);
  // Empty now, unless it is not for this socket alone.
  if (found !== undefined) await rmdir(found.socketFolder).catch(() => undefined);
};

const handleOf = async (folder: string, found: Postmaster, adopted: boolean): Promise<RunningPostgres> => ({
  pid: found.pid,
  socket: path.join(found.socketFolder, `.s.PGSQL.${found.port}`),
  connectionString: await connectionString(folder, found.socketFolder, found.port),
  adopted,
  stop: graceMs => stopPostgres(folder, graceMs),
});

const launch = async (options: StartOptions): Promise<ChildProcess> => {
  const { folder, durable = true, socketFolder = socketFolderFor(folder), port = 5432 } = options;
  const { data, libraries } = clusterPaths(folder);
  const installation = await findInstallation();
  const account = (await findAccounts()).server;
  await linkLibraries(installation, libraries);
  await ensureSocketFolder(socketFolder, account);
  await configure(path.join(data, 'postgresql.conf'), postgresqlConf({ socketFolder, durable }), account);
  await configure(path.join(data, 'pg_hba.conf'), pgHbaConf, account);
  await removeForeignPidFile(data);
  // The folder is this cluster's alone, and nobody serves it: what lies there is of a dead one, whatever its pid is now.
  await rm(path.join(socketFolder, `.s.PGSQL.${port}.lock`), { force: true });
  const log = await open(options.log, 'a', 0o600);
  try {
    const command = [...account.prefix, installation.postgres, '-D', data, '-p', String(port)];
    const stdio = ['ignore', log.fd, log.fd] as const;
    const child = spawn(command[0]!, command.slice(1), {
      cwd: '/',
      env: environmentFor(libraries),
      detached: true,
      stdio: [...stdio],
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child;
  } finally {
    await log.close();
  }
};

const configure = async (file: string, text: string, account: Account): Promise<void> => {
  await writeFile(file, text, { mode: 0o600 });
  if (process.getuid?.() === 0) await chown(file, account.uid, account.gid);
};

/**
 * After a restart of the machine the pid in the file may be another program's: PostgreSQL would refuse to start. The
 * file of a dead server stays: PostgreSQL uses it to make sure that no worker of the old one is left.
 */
const removeForeignPidFile = async (data: string): Promise<void> => {
  const pid = Number((await readPidFile(data))?.split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid))
    await rm(path.join(data, 'postmaster.pid'), { force: true });
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const untilReady = async (
  data: string,
  pid: number,
  deadline: number,
  options: StartOptions,
  from: number,
  child?: ChildProcess,
): Promise<Postmaster> => {
  for (;;) {
    const found = await findPostmaster(data);
    if (found?.ready && found.pid === pid) return found;
    const ended = child ? child.exitCode !== null || child.signalCode !== null : found === undefined;
    if (ended || options.signal?.aborted || performance.now() > deadline) {
      if (!ended) child?.kill('SIGQUIT');
      options.signal?.throwIfAborted();
      const what = ended
        ? 'PostgreSQL ended while starting.'
        : 'PostgreSQL did not take connections in time.';
      throw new PostgresError(what, { evidence: await logSince(options.log, from) });
    }
    await sleep(10);
  }
};

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

const logSince = async (file: string, from: number): Promise<string[]> => {
  const text = (await readFile(file).catch(() => Buffer.alloc(0))).subarray(from).toString();
  return text.trim().split('\n').slice(-20);
};
