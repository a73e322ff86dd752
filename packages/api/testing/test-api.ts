import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Clock, type Engine, openDatabase, openEngine, type Store, systemClock } from '@causeway/engine';
import { AccessTokenKind, kinds, NamespaceKind, type Role, TeamKind } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { createAccess } from '../access/access.ts';
import { type ApiOptions, createApi } from '../api.ts';

/** Time that goes fifty times as fast for whoever waits, so that tests need not. */
export const hurriedClock: Clock = {
  now: systemClock.now,
  elapsed: () => systemClock.elapsed() * 50,
  after: (ms, callback) => systemClock.after(ms / 50, callback),
};

export const server = { user: 'system:server' };

/** A team with its namespace, as its reconciler would make it. */
export const createTeam = async (
  store: Store,
  name: string,
  members: Readonly<Record<string, Role>> = {},
): Promise<void> => {
  const list = Object.entries(members).map(([user, role]) => ({ user, role }));
  await store.create(NamespaceKind, { metadata: { name } }, server);
  await store.create(TeamKind, { metadata: { name }, spec: { members: list } }, server);
};

/** A token of a user. */
export const createToken = async (
  store: Store,
  user: string,
  expiresAt = '2099-01-01T00:00:00Z',
): Promise<string> => {
  const token = randomBytes(24).toString('base64url');
  const name = `${user.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.${randomBytes(4).toString('hex')}`;
  await store.create(
    AccessTokenKind,
    { metadata: { name }, spec: { user, sha256: hash('sha256', token), expiresAt } },
    server,
  );
  return token;
};

export interface TestApi {
  readonly url: string;
  readonly port: number;
  readonly keysFolder: string;
  readonly connectionString: string;
  readonly engine: Engine;
  readonly store: Store;
  /** Of `ada`, owner in the platform team. */
  readonly admin: string;
  readonly logged: string[];
  /** A request with a token; JSON in, JSON out. */
  ask(
    token: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Another server on the same database. */
  another(): Promise<TestApi>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came back.
  readonly body: any;
}

interface Place {
  readonly connectionString: string;
  readonly keysFolder: string;
  readonly options: Partial<ApiOptions>;
}

const openTestEngine = ({ connectionString, options }: Place, log: (line: string) => void): Promise<Engine> =>
  openEngine({ database: openDatabase(connectionString), kinds: options.kinds ?? kinds, log });

const serve = async (place: Place, engine: Engine, admin: string, logged: string[]): Promise<TestApi> => {
  const { keysFolder, connectionString, options } = place;
  const clock = options.clock ?? systemClock;
  const log = (line: string) => logged.push(line);
  const { store } = engine;
  const api = createApi({
    store,
    kinds,
    access: createAccess({ store, clock }),
    keysFolder,
    version: '0.1.0',
    clock,
    log,
    ...options,
  });
  const port = await api.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    keysFolder,
    connectionString,
    engine,
    store,
    admin,
    logged,
    async ask(token, method, where, body, headers = {}) {
      const response = await fetch(url + where, {
        method,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
    },
    another: async () => serve(place, await openTestEngine(place, log), admin, logged),
    async close() {
      await api.close();
      await engine.close();
    },
  };
};

/** The API over a real engine on a real PostgreSQL, with the teams `platform` (ada: owner), `shop` and `books`. */
export const startTestApi = async (options: Partial<ApiOptions> = {}): Promise<TestApi> => {
  const logged: string[] = [];
  const [database, keysFolder] = await Promise.all([
    testDatabase(),
    mkdtemp(path.join(os.tmpdir(), 'causeway-api-')),
  ]);
  const place = { connectionString: database.connectionString, keysFolder, options };
  const engine = await openTestEngine(place, line => logged.push(line));
  const { store } = engine;
  await createTeam(store, 'platform', { ada: 'owner', pia: 'developer', pete: 'viewer' });
  await createTeam(store, 'shop', { olga: 'owner', dan: 'developer', vera: 'viewer' });
  await createTeam(store, 'books', { bob: 'owner' });
  const api = await serve(place, engine, await createToken(store, 'ada'), logged);
  return {
    ...api,
    async close() {
      await api.close();
      await database.close();
      await rm(keysFolder, { recursive: true, force: true });
    },
  };
};
