import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  ReplicaKind,
  RolloutKind,
  RouteKind,
  ServiceKind,
} from '@causeway/model';
import { alice, createWorld } from '../testing/world.ts';

test('five hundred requests at once are all met, and all go', async t => {
  const world = await createWorld();
  t.after(() => world.close());
  const { guarded, engine } = world.capabilities;
  const { store } = engine;
  await store.create(
    ServiceKind,
    { metadata: { name: 'api', namespace: 'shop' }, spec: { template: 'tiny' } },
    alice,
  );
  const production = { namespace: 'shop', name: 'api.production' };
  await world.until('api to serve', () => store.peek(RolloutKind, production)?.status?.serving);

  const names = Array.from({ length: 500 }, (_, index) => `crowd-${index}`);
  const began = performance.now();
  await Promise.all(
    names.map(name =>
      guarded.create(
        EnvironmentRequestKind,
        { metadata: { name, namespace: 'shop' }, spec: { services: [{ name: 'api' }] } },
        alice,
      ),
    ),
  );
  await world.until(
    'all to be ready',
    () =>
      store.peekAll(EnvironmentRequestKind, 'shop', ({ status }) => status?.phase === 'Ready').length ===
      names.length,
    { seen: () => store.peekAll(EnvironmentRequestKind).find(({ status }) => status?.phase !== 'Ready') },
  );
  t.diagnostic(`ready after ${Math.round(performance.now() - began)} ms`);

  await Promise.all(
    names.map(name => guarded.delete(EnvironmentRequestKind, { namespace: 'shop', name }, alice)),
  );
  await world.until(
    'all to be gone',
    () =>
      store.peekAll(EnvironmentRequestKind).length === 0 &&
      store.peekAll(EnvironmentKind, 'shop').every(({ spec }) => spec.type === 'standing'),
  );
  for (const kind of [ReplicaKind, RolloutKind, RouteKind])
    assert.equal(store.peekAll(kind, 'shop', ({ spec }) => spec.environment !== 'production').length, 0);
});
