import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentKind, PromotionKind, ReleaseKind, RolloutKind, ServiceKind } from '@causeway/model';
import { alice, createWorld } from '../../testing/world.ts';
import { promote } from '../promotion/promote.ts';

const key = (name: string) => ({ namespace: 'shop', name });

test('[PRO6] a release that waits to be promoted is kept, and goes when it waits no more', async t => {
  const world = await createWorld();
  t.after(() => world.close());
  const { store } = world.engine;
  const kept = () =>
    store
      .peekAll(ReleaseKind, 'shop')
      .map(({ metadata }) => metadata.name)
      .sort();
  const serves = (release: string) =>
    world.until(
      `${release} to serve`,
      () => store.peek(RolloutKind, key('cart.production'))?.status?.serving?.release === release,
    );
  await store.create(
    EnvironmentKind,
    {
      metadata: key('live'),
      spec: { deploys: 'promotion', gates: [{ name: 'two-eyes-more', approval: { role: 'owner' } }] },
    },
    alice,
  );
  await store.create(
    ServiceKind,
    { metadata: key('cart'), spec: { template: 'tiny', keepReleases: 2 } },
    alice,
  );
  await serves('cart.1');
  const waiting = await promote(world.capabilities, key('cart'), { to: 'live', release: '1' }, alice);
  assert.equal(waiting.status?.phase, 'Waiting');
  for (const release of ['cart.2', 'cart.3', 'cart.4']) {
    await world.push('cart', release);
    await serves(release);
  }
  await world.settle();
  assert.deepEqual(kept(), ['cart.1', 'cart.3', 'cart.4']);
  await store.delete(PromotionKind, key('cart.live'), alice);
  await world.until('the first release to go', () => !kept().includes('cart.1'));
  assert.deepEqual(kept(), ['cart.3', 'cart.4']);
});
