import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccess, createApi, type PlainRoute, type SignedRoute } from '@causeway/api';
import {
  type Database,
  type Engine,
  openDatabase,
  openEngine,
  type Store,
  systemClock,
} from '@causeway/engine';
import { AccessTokenKind, kinds, NamespaceKind, TeamKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { createServerMetrics, type ServerMetrics } from '../metrics/server-metrics.ts';

const actor = { user: 'system:server' };

export interface TestServer {
  readonly engine: Engine;
  readonly store: Store;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly metrics: ServerMetrics;
  /** A folder of its own. */
  readonly data: string;
  readonly port: number;
  ask(path: string, token?: string, init?: RequestInit): Promise<Response>;
  /** Makes a token of a user. */
  token(user: string): Promise<string>;
  close(): Promise<void>;
}

/** The API with the server’s own routes, over a real engine; ada owns the team `platform`, where pete only looks, olga owns `shop`. */
export const startTestServer = async (
  routes: (server: Omit<TestServer, 'ask' | 'token' | 'close' | 'port'>) => PlainRoute[],
  signedRoutes: readonly SignedRoute[] = [],
): Promise<TestServer> => {
  const [place, data] = await Promise.all([testDatabase(), mkdtemp(join(tmpdir(), 'causeway-server-'))]);
  const databaseUrl = place.connectionString;
  const metrics = createServerMetrics('1.2.3');
  const database = openDatabase(databaseUrl);
  const engine = await openEngine({ database, kinds, observer: metrics.engine, log: () => {} });
  const { store } = engine;
  const teams = { platform: { ada: 'owner', pete: 'viewer' }, shop: { olga: 'owner' } };
  for (const [name, people] of Object.entries(teams)) {
    const members = Object.entries(people).map(([user, role]) => ({ user, role }));
    await store.create(NamespaceKind, { metadata: { name } }, actor);
    await store.create(TeamKind, { metadata: { name }, spec: { members } }, actor);
  }
  const api = createApi({
    store,
    kinds,
    access: createAccess({ store, clock: systemClock }),
    keysFolder: join(data, 'keys'),
    version: '1.2.3',
    observer: metrics.requests,
    routes: routes({ engine, store, database, databaseUrl, metrics, data }),
    signedRoutes,
    log: () => {},
  });
  const port = await api.listen(0, '127.0.0.1');
  return {
    engine,
    store,
    database,
    databaseUrl,
    metrics,
    data,
    port,
    ask: (path, token, init = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...init,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          'content-type': 'application/json',
        },
      }),
    async token(user) {
      const text = `token-of-${user}`;
      const sha256 = createHash('sha256').update(text).digest('hex');
      const spec = { user, sha256, expiresAt: '2099-01-01T00:00:00Z' };
      await store.create(AccessTokenKind, { metadata: { name: sha256.slice(0, 16) }, spec }, actor);
      return text;
    },
    async close() {
      await api.close();
      await engine.close();
      await place.close();
      await rm(data, { recursive: true, force: true });
    },
  };
};
