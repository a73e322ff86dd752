import { type ChildProcess, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import { adoptPostgres } from '@causeway/postgres';
import { answers } from './daemon/answers.ts';
import { childEnvironment } from './daemon/child-environment.ts';
import { ensureCredentials, knownAddress } from './data/credentials.ts';
import { prepareDataFolder } from './data/data-folder.ts';
import { externalDatabase } from './data/external-database.ts';
import { ownConfiguration } from './data/own-configuration.ts';
import { dataPaths } from './data/paths.ts';
import { type PlatformState, readState } from './data/platform-state.ts';
import { defaultPort } from './ports.ts';
import { aloneArgument } from './shutdown/stop-strays.ts';
import { checkFree } from './start-up/check-ports.ts';
import { addressesOf } from './status.ts';
import { installVersion, nodeOf } from './versions/version.ts';

export interface ServerAloneOptions {
  readonly data: string;
  /** API, portal and git of this server. Default: that of the platform. */
  readonly port?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The checkout whose code is to run. Default: the one this file lies in. */
  readonly checkout?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** One look at whether it answers. */
const lookEveryMs = 100;

/** The database that the platform in DATA uses; a server on another one would take its repositories for its own. */
const databaseOf = async (
  data: string,
  state: PlatformState | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> => {
  const external = await externalDatabase(data, env);
  if (external !== undefined && state?.database !== 'embedded') return external;
  const { postgres, configuration } = dataPaths(data);
  if (external !== undefined)
    throw new PlatformError(
      'DataUnusable',
      `The platform in ${data} keeps its data in the embedded PostgreSQL, and another one is named.`,
      { next: `Leave out DATABASE_URL, and database.url in ${configuration}.` },
    );
  const embedded = state?.database === 'external' ? undefined : await adoptPostgres(postgres);
  if (embedded !== undefined) return embedded.connectionString;
  throw new PlatformError('NotRunning', `No database is named, and none runs in ${data}.`, {
    next: `Set DATABASE_URL, or database.url in ${configuration}, to the PostgreSQL that the other servers use; or start the platform there with \`platform up\`.`,
  });
};

const ended = (child: ChildProcess): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killed) =>
      resolve(code === 0 ? undefined : killed === null ? `exit code ${code}` : `killed by ${killed}`),
    );
  });

/**
 * Runs one more server of the platform in DATA, and nothing else of it: with the others it shares database, repositories, keys and
 * tokens. Resolves when the signal has ended it; `ready` is told where it answers. Throws `Internal` when it ends by itself.
 */
export const runServerAlone = async (
  { signal, checkout, env = process.env, ...given }: ServerAloneOptions,
  ready: (api: string) => void,
): Promise<void> => {
  const data = await prepareDataFolder(given.data);
  const state = await readState(data);
  const databaseUrl = await databaseOf(data, state, env);
  const known = state?.port ?? (await knownAddress(data));
  const port = given.port ?? known ?? defaultPort;
  // What objects say of addresses is the same whichever server writes it.
  const platformPort = known ?? port;
  await checkFree([{ port, what: 'API, portal and git' }]);
  await ensureCredentials(data, addressesOf(platformPort).api, (await ownConfiguration(data)).defaultTeam);
  const version = await installVersion(
    await realpath(checkout ?? path.join(import.meta.dirname, '..', '..')),
    data,
  );
  signal.throwIfAborted();
  const main = path.join(version.folder, 'packages', 'server', 'main.ts');
  const child = spawn(nodeOf(version.folder), [main, aloneArgument], {
    cwd: data,
    env: {
      ...childEnvironment(env, { data, port, version: version.folder }),
      CAUSEWAY_PLATFORM_PORT: String(platformPort),
      CAUSEWAY_DATABASE_URL: databaseUrl,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exit = ended(child);
  const stop = (): boolean => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const over = new AbortController();
  const announce = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (await answers(port, '/readyz')) return ready(addressesOf(port).api);
      await sleep(lookEveryMs, undefined, { signal: over.signal }).catch(() => {});
    }
  };
  const announced = announce();
  try {
    const why = await exit;
    if (why !== undefined && !signal.aborted)
      throw new PlatformError('Internal', `The server has ended: ${why}.`, {
        next: 'Its last lines, above, say more. Other servers, where there are any, go on with its work.',
      });
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
    await announced;
  }
};
