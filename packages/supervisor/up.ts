import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { PlatformError } from '@causeway/model';
import { ensureCredentials } from './data/credentials.ts';
import { prepareDataFolder } from './data/data-folder.ts';
import { externalDatabase } from './data/external-database.ts';
import { lockHolder } from './data/lock.ts';
import { ownConfiguration } from './data/own-configuration.ts';
import { dataPaths } from './data/paths.ts';
import { type PlatformState, readState } from './data/platform-state.ts';
import { down } from './down.ts';
import { defaultPort } from './ports.ts';
import type { ProcessIdentity } from './processes/identity.ts';
import { endsWithin, send } from './processes/stop-process.ts';
import { stopStrays } from './shutdown/stop-strays.ts';
import { checkPorts } from './start-up/check-ports.ts';
import { startSupervisor } from './start-up/start-supervisor.ts';
import { logSizes, startupFailure, untilReady } from './start-up/until-ready.ts';
import { addressesOf } from './status.ts';
import { installVersion } from './versions/version.ts';

export interface UpOptions {
  readonly data: string;
  /** API, portal and git; the gateway is 10 above. Default: the last one of this folder, else 7070. */
  readonly port?: number;
  readonly signal?: AbortSignal;
  /** The checkout whose code is to run. Default: the one this file lies in. */
  readonly checkout?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface UpResult {
  readonly api: string;
  readonly gateway: string;
  readonly data: string;
  /** Everything ran before, with this very code. */
  readonly alreadyRunning: boolean;
}

const HIGHEST_PORT = 65_535 - 11;
/** Its children go on without it, so it need not be waited for long. */
const LEAVES_WITHIN_MS = 10_000;

/**
 * Makes the platform in this folder run with this checkout's code: starts it, takes over what runs of it, or replaces
 * what runs other code. Resolves when everything is ready; it then goes on by itself. Interrupted, or when the start
 * fails, it ends what it began.
 */
export const up = async (
  options: UpOptions,
  progress: (line: string) => void = () => {},
): Promise<UpResult> => {
  const { signal, env = process.env } = options;
  const data = await prepareDataFolder(options.data);
  const state = await readState(data);
  const databaseUrl = await externalDatabase(data, env);
  const port = portFor(options.port, state);
  const result = { ...addressesOf(port), data };

  const version = await installVersion(await checkoutOf(options), data);
  const logsFrom = await logSizes(data);
  const waiting = { data, version: version.version, progress, logsFrom, ...(signal ? { signal } : {}) };
  const supervisor = await lockHolder(dataPaths(data).lock);
  if (supervisor !== undefined && state !== undefined) {
    checkSame(data, state, options.port, databaseUrl);
    const same = state.version === version.version;
    if (same && (await untilReady({ ...waiting, progress: () => {} })))
      return { ...result, alreadyRunning: true };
    await leave(supervisor);
  } else {
    // Set, and empty: that is how one asks for the embedded one.
    if (env.DATABASE_URL !== '') checkDatabase(data, state, databaseUrl);
    await stopStrays(data, state);
    await checkPorts(port, state);
  }
  await ensureCredentials(data, result.api, (await ownConfiguration(data)).defaultTeam);
  try {
    signal?.throwIfAborted();
    const settings = { data, port, version, env, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
    if (!(await startSupervisor(settings)) || !(await untilReady(waiting))) {
      throw await startupFailure(waiting, undefined, 'ended while starting');
    }
  } catch (error) {
    // A platform that served before this command goes on with what works.
    if (supervisor === undefined) await down({ data }).catch(() => false);
    throw error;
  }
  return { ...result, alreadyRunning: false };
};

const checkoutOf = ({ checkout = path.join(import.meta.dirname, '..', '..') }: UpOptions): Promise<string> =>
  realpath(checkout);

const portFor = (wanted: number | undefined, state: PlatformState | undefined): number => {
  const port = wanted ?? state?.port ?? defaultPort;
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT) return port;
  throw new PlatformError('Usage', `${port} is no port for the platform.`, {
    next: `Choose one from 1 to ${HIGHEST_PORT}; the gateway is 10 above.`,
  });
};

const checkSame = (
  data: string,
  state: PlatformState,
  port: number | undefined,
  databaseUrl: string | undefined,
): void => {
  const stopFirst = 'Run `platform down` first to change it, or leave it as it is.';
  if (port !== undefined && port !== state.port) {
    throw new PlatformError('AlreadyRunning', `The platform in ${data} runs on port ${state.port}.`, {
      next: stopFirst,
    });
  }
  const database = databaseUrl === undefined ? 'embedded' : 'external';
  if (database !== state.database) {
    const which = state.database === 'embedded' ? 'the embedded PostgreSQL' : 'a PostgreSQL of its own';
    throw new PlatformError('AlreadyRunning', `The platform in ${data} runs with ${which}.`, {
      next: stopFirst,
    });
  }
};

/** Without its PostgreSQL a platform would start empty, as if everything were lost. */
const checkDatabase = (data: string, state: PlatformState | undefined, url: string | undefined): void => {
  if (state?.database !== 'external' || url !== undefined) return;
  throw new PlatformError(
    'DataUnusable',
    `The platform in ${data} keeps its data in a PostgreSQL of its own, and now none is named.`,
    {
      next: `Set DATABASE_URL as before, or write it once as database.url into ${dataPaths(data).configuration}. To begin anew with an empty embedded one: \`DATABASE_URL= platform up\`.`,
    },
  );
};

const leave = async (supervisor: ProcessIdentity): Promise<void> => {
  send(supervisor, 'SIGUSR2');
  if (await endsWithin(supervisor, LEAVES_WITHIN_MS)) return;
  send(supervisor, 'SIGKILL');
  await endsWithin(supervisor, LEAVES_WITHIN_MS);
};
