import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BuildKind,
  EnvironmentKind,
  EnvironmentRequestKind,
  ReleaseKind,
  ServiceKind,
} from '@causeway/model';
import { alice, createWorld } from '../../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });

test('[ENV2] a release that comes after all news of its build is run', async t => {
  const world = await createWorld();
  t.after(() => world.close());
  const { store } = world.engine;
  await store.create(ServiceKind, { metadata: key('cart'), spec: { template: 'tiny' } }, alice);
  await world.until('the release of main', () => store.peekAll(ReleaseKind, 'shop')[0]);
  world.behaviour.build = () => 'hang';
  await world.pushTo('cart', 'louder', 'louder');
  await world.capabilities.guarded.create(
    EnvironmentRequestKind,
    { metadata: key('try-it'), spec: { services: [{ name: 'cart', branch: 'louder' }] } },
    alice,
  );
  const build = await world.until('its build', () =>
    store.peekAll(BuildKind, 'shop', ({ spec }) => spec.reason === 'environment').at(0),
  );
  await world.settle();
  assert.equal(store.peek(EnvironmentKind, key('try-it'))?.status?.progress?.[0]?.step, 'Building');
  const { service, commit, sequence, reason } = build.spec;
  await store.create(
    ReleaseKind,
    {
      metadata: key(build.metadata.name),
      spec: {
        service,
        commit,
        sequence,
        reason,
        build: build.metadata.name,
        createdBy: 'alice',
        artifact: { digest: 'a'.repeat(64), builder: 'test', processes: { web: 'serve' } },
      },
    },
    { user: 'system:server' },
  );
  await world.until(
    'it to serve',
    () => store.peek(EnvironmentKind, key('try-it'))?.status?.phase === 'Ready',
  );
});
