import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDatabase } from '@causeway/testkit';
import { startServer } from './start-server.ts';

const root = join(import.meta.dirname, '../..');
const brand = 'platform.example.io';
const groups = ['causeway.dev', brand];

/** What people do to objects, and the lowest role that may; all else is done by writing them. */
const guards: Readonly<Record<string, 'viewer' | 'developer'>> = {
  'builds/log': 'viewer',
  'changerequests/approve': 'developer',
  'changerequests/close': 'developer',
  'changerequests/comment': 'developer',
  'changerequests/diff': 'viewer',
  'changerequests/merge': 'developer',
  'changerequests/reopen': 'developer',
  'environmentrequests/recreate': 'developer',
  'environments/extend': 'developer',
  'environments/renew': 'developer',
  'environments/retry': 'developer',
  'environments/sleep': 'developer',
  'environments/wake': 'developer',
  'replicas/log': 'viewer',
  'services/change': 'developer',
  'services/deploy': 'developer',
  'services/log': 'viewer',
  'services/promote': 'developer',
  'services/rollback': 'developer',
};

interface Entry {
  readonly name: string;
  readonly verbs: readonly string[];
}

test('every action and log of the running server is for its role in the team alone, in every group', async t => {
  const [database, data] = await Promise.all([
    testDatabase(),
    mkdtemp(join(tmpdir(), 'causeway-access-walk-')),
  ]);
  t.after(async () => {
    await database.close();
    await rm(data, { recursive: true, force: true });
  });
  const port = 12_000 + Math.floor(Math.random() * 18_000);
  const admin = randomBytes(16).toString('hex');
  await mkdir(join(data, 'credentials'));
  await Promise.all([
    writeFile(join(data, 'credentials/admin.json'), JSON.stringify({ user: 'ada', token: admin })),
    ...['agent', 'gateway', 'metrics'].map(name =>
      writeFile(join(data, `credentials/${name}.token`), randomUUID()),
    ),
    writeFile(join(data, 'config.yaml'), JSON.stringify({ defaultTeam: 'shop', apiGroups: [brand] })),
  ]);
  const stop = await startServer({
    data,
    port,
    platformPort: port,
    databaseUrl: database.connectionString,
    goldenPaths: join(root, 'golden-paths'),
    policies: join(root, 'policies'),
    log: () => {},
  });
  t.after(stop);
  const ask = (token: string | undefined, method: string, path: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
  const create = async (plural: string, kind: string, name: string, spec: object): Promise<void> => {
    const object = { apiVersion: 'causeway.dev/v1', kind, metadata: { name }, spec };
    const response = await ask(admin, 'POST', `/apis/causeway.dev/v1/${plural}`, object);
    assert.ok(response.ok, await response.text());
  };
  await create('teams', 'Team', 'walked', {
    members: [
      { user: 'vera', role: 'viewer' },
      { user: 'dan', role: 'developer' },
    ],
  });
  await create('teams', 'Team', 'books', { members: [{ user: 'bob', role: 'owner' }] });
  const people = { vera: 'viewer', dan: 'developer', bob: undefined } as const;
  for (const user of Object.keys(people)) {
    const sha256 = createHash('sha256').update(`token-of-${user}`).digest('hex');
    await create('accesstokens', 'AccessToken', sha256.slice(0, 16), {
      user,
      sha256,
      expiresAt: '2099-01-01T00:00:00Z',
    });
  }

  for (const group of groups) {
    const list = await ask(admin, 'GET', `/apis/${group}/v1`);
    const { resources } = (await list.json()) as { resources: readonly Entry[] };
    const beside = resources.filter(({ name }) => name.includes('/') && !/\/(?:status|scale)$/.test(name));
    assert.deepEqual(beside.map(({ name }) => name).sort(), Object.keys(guards), group);
    for (const { name, verbs } of beside) {
      const [plural, part] = name.split('/');
      const method = verbs.includes('get') ? 'GET' : 'POST';
      const path = `/apis/${group}/v1/namespaces/walked/${plural}/nothing/${part}`;
      assert.equal((await ask(undefined, method, path)).status, 401, `nobody: ${method} ${path}`);
      for (const [user, role] of Object.entries(people)) {
        const may = role === 'developer' || role === guards[name];
        const { status } = await ask(`token-of-${user}`, method, path);
        assert.equal(status, may ? 404 : 403, `${user}: ${method} ${path}`);
      }
    }
  }
});
