import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Engine, openDatabase, openEngine } from '@causeway/engine';
import { kinds, NamespaceKind, SourceKind } from '@causeway/model';
import { testDatabase, until } from '@causeway/testkit';
import { sourceWebhookRoute } from './source-webhook-route.ts';

test('[SRC10] a webhook has a source looked at sooner, seldom, and tells nobody which there are', async t => {
  const database = await testDatabase();
  const engine: Engine = await openEngine({
    database: openDatabase(database.connectionString),
    kinds,
    log: console.error,
  });
  t.after(async () => {
    await engine.close();
    await database.close();
  });
  const actor = { user: 'system:server' };
  const { store } = engine;
  await store.create(NamespaceKind, { metadata: { name: 'shop' } }, actor);
  await store.create(
    SourceKind,
    { metadata: { namespace: 'shop', name: 'elsewhere' }, spec: { url: 'https://example.com/a.git' } },
    actor,
  );
  let now = 10_000;
  const route = sourceWebhookRoute(store, () => now);
  const call = (name: string) =>
    route.handle({ parameters: { team: 'shop', name }, headers: {}, body: new Uint8Array() });
  const look = () =>
    store.peek(SourceKind, { namespace: 'shop', name: 'elsewhere' })?.metadata.annotations?.[
      'causeway.dev/look-at'
    ];
  assert.deepEqual(await call('nobody'), await call('elsewhere'));
  await until('webhook 10000', () => look() === 'webhook 10000', { seen: look });
  now += 1000;
  await call('elsewhere');
  now += 5000;
  await call('elsewhere');
  await until('webhook 16000', () => look() === 'webhook 16000', { seen: look });
});
