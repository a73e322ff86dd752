import { mkdir, stat } from 'node:fs/promises';
import { adoptPostgres, ensureCluster, startPostgres } from '@causeway/postgres';
import { dataPaths, externalDatabase, logFile } from '@causeway/supervisor';

/** Where the database of a platform is for a while. */
export interface OpenedDatabase {
  /** With the password: never in a log or an argument list. */
  readonly connectionString: string;
  readonly embedded: boolean;
  /** Ends what was started for this. */
  close(): Promise<void>;
}

/**
 * The database of the platform in DATA, running or not: somebody else’s, or the embedded one, which is started for as long as
 * it is needed. `undefined` when there is none yet; with `make` it is made.
 */
export const openPlatformDatabase = async (
  data: string,
  env: NodeJS.ProcessEnv,
  { make = false, signal }: { make?: boolean; signal?: AbortSignal } = {},
): Promise<OpenedDatabase | undefined> => {
  const external = await externalDatabase(data, env);
  if (external !== undefined) return { connectionString: external, embedded: false, close: async () => {} };
  const { postgres: folder, logs } = dataPaths(data);
  const exists = await stat(folder).catch(() => undefined);
  if (!exists && !make) return undefined;
  const running = await adoptPostgres(folder);
  if (running) return { connectionString: running.connectionString, embedded: true, close: async () => {} };
  const abort = signal ? { signal } : {};
  await mkdir(logs, { recursive: true });
  await ensureCluster({ folder, ...abort });
  const started = await startPostgres({ folder, log: logFile(data, 'postgres'), ...abort });
  return { connectionString: started.connectionString, embedded: true, close: () => started.stop() };
};
