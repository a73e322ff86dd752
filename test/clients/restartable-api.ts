import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Api, createAccess, createApi } from '@causeway/api';
import { type Engine, openDatabase, openEngine, systemClock } from '@causeway/engine';
import { kinds } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { createTeam, createToken } from '../../packages/api/testing/test-api.ts';

/** The API as clients of Kubernetes see it: an address, an authority, a token; it can end and come back. */
export interface RestartableApi {
  /** HTTPS. */
  readonly url: string;
  /** PEM. */
  readonly authority: string;
  readonly authorityFile: string;
  /** Of an owner in the team `shop`. */
  readonly token: string;
  /** Ends as a server that is replaced does. */
  stop(): Promise<void>;
  /** Comes back on the same port, over the same database. */
  start(): Promise<void>;
  /** What happens while the API is away: `work` writes, then nothing of the past is kept. */
  forgetAfter(work: (engine: Engine) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

export const startRestartableApi = async (): Promise<RestartableApi> => {
  const [database, keysFolder] = await Promise.all([
    testDatabase(),
    mkdtemp(path.join(os.tmpdir(), 'causeway-clients-')),
  ]);
  const open = () => openEngine({ database: openDatabase(database.connectionString), kinds, log: () => {} });
  let engine: Engine;
  let api: Api;
  let port = 0;
  const start = async () => {
    engine = await open();
    const { store } = engine;
    api = createApi({
      store,
      kinds,
      access: createAccess({ store, clock: systemClock }),
      keysFolder,
      version: '0.1.0',
      log: () => {},
    });
    port = await api.listen(port, '127.0.0.1');
  };
  const stop = async () => {
    await api.close();
    await engine.close();
  };
  await start();
  await createTeam(engine!.store, 'shop', { olga: 'owner' });
  const token = await createToken(engine!.store, 'olga');
  const authorityFile = path.join(keysFolder, 'ca.crt');
  return {
    url: `https://127.0.0.1:${port}`,
    authority: await readFile(authorityFile, 'utf8'),
    authorityFile,
    token,
    stop,
    start,
    async forgetAfter(work) {
      const meanwhile = await open();
      await work(meanwhile);
      await meanwhile.close();
      const history = openDatabase(database.connectionString);
      await history.compact(await history.revision());
      await history.close();
    },
    async close() {
      await stop();
      await database.close();
      await rm(keysFolder, { recursive: true, force: true });
    },
  };
};
