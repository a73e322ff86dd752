import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  PlatformError,
  ReplicaKind,
  RolloutKind,
  type Route,
  RouteKind,
  reportOf,
  ServiceKind,
} from '@causeway/model';
import { alice, createWorld, type World } from '../../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });

describe('[ENV33] a service that is started for the first time', () => {
  let world: World;
  const seen: Route[] = [];
  before(async () => {
    world = await createWorld();
    world.engine.onChange(RouteKind, ({ object }) => void seen.push(object as Route));
  });
  after(() => world.close());

  const route = (name: string) => world.engine.store.peek(RouteKind, key(`${name}.production`));
  const create = (name: string) =>
    world.engine.store.create(
      ServiceKind,
      { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );

  test('has a route that keeps requests until it is ready', async () => {
    world.behaviour.replica = () => 'hang';
    await create('orders');
    await world.until('its route', () => route('orders'));
    const { starting, backends, hostnames, address } = route('orders')?.spec ?? {};
    assert.deepEqual({ starting, backends, address }, { starting: true, backends: [], address: undefined });
    assert.deepEqual(hostnames, ['orders.localhost', 'orders.shop.localhost']);
    world.behaviour.replica = () => undefined;
    await world.until('its replica', () =>
      world.engine.store.peekAll(ReplicaKind, 'shop').find(({ spec }) => spec.service === 'orders'),
    );
    const [replica] = world.engine.store.peekAll(
      ReplicaKind,
      'shop',
      ({ spec }) => spec.service === 'orders',
    );
    await world.report(replica!, { phase: 'Ready', address: '127.0.0.1:20000' });
    await world.until(
      'it to serve',
      () => world.engine.store.peek(RolloutKind, key('orders.production'))?.status?.serving,
    );
    assert.equal(route('orders')?.spec.starting, undefined);
    assert.equal(route('orders')?.spec.backends.length, 1);
    assert.match(route('orders')?.spec.address ?? '', /^127\./);
    await world.push('orders', 'second');
    await world.until(
      'the next release',
      () =>
        world.engine.store.peek(RolloutKind, key('orders.production'))?.status?.serving?.release ===
        'orders.2',
    );
    const began = seen.filter(({ metadata, spec }) => metadata.name === 'orders.production' && spec.starting);
    assert.deepEqual(new Set(began.map(({ metadata }) => metadata.generation)), new Set([1]));
  });

  test('lets requests go when it fails', async () => {
    const failure = reportOf(new PlatformError('ProcessExited', 'exit code 7', { evidence: ['no moon'] }));
    world.behaviour.replica = ({ spec: { service } }) => (service === 'weak' ? failure : undefined);
    await create('weak');
    await world.until('requests to be let go', () => route('weak') && !route('weak')?.spec.starting);
    assert.deepEqual(route('weak')?.spec.backends, []);
    assert.ok(seen.some(({ metadata, spec }) => metadata.name === 'weak.production' && spec.starting));
  });
});
