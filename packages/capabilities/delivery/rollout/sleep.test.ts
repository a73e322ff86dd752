import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  EnvironmentKind,
  PlatformError,
  type Replica,
  ReplicaKind,
  type Rollout,
  RolloutKind,
  type Route,
  RouteKind,
  reportOf,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const controller = { user: 'system:controller:environment', from: 'test' };

describe('a rollout that sleeps', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const rollout = (name: string) => world.engine.store.peek(RolloutKind, key(`${name}.production`));
  const route = (name: string) => world.engine.store.peek(RouteKind, key(`${name}.production`));
  const replicas = (name: string) =>
    world.engine.store.peekAll(ReplicaKind, 'shop', ({ spec }) => spec.service === name);
  const condition = (name: string) => rollout(name)?.status?.conditions?.find(({ type }) => type === 'Ready');
  const spec = (name: string, next: Partial<Rollout['spec']>) =>
    world.engine.store.mutate(
      RolloutKind,
      key(`${name}.production`),
      one => ({ ...one, spec: { ...one.spec, ...next } }),
      controller,
    );
  const asleep = (name: string) =>
    world.until(
      `${name} to sleep`,
      () =>
        rollout(name)?.status?.phase === 'Asleep' &&
        replicas(name).length > 0 &&
        replicas(name).every(({ status }) => status?.phase === 'Stopped'),
    );
  const awake = (name: string, release = `${name}.1`) =>
    world.until(
      `${release} to serve`,
      () =>
        rollout(name)?.status?.serving?.release === release &&
        condition(name)?.status === 'True' &&
        route(name)?.spec.backends.length === 1,
    );
  const create = async (name: string) => {
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    await awake(name);
  };

  test('[ENV15] nothing of it runs, its route stays and keeps requests, and it says how it wakes', async () => {
    await create('orders');
    await spec('orders', { asleep: true });
    await asleep('orders');
    assert.deepEqual(route('orders')?.spec.backends, []);
    assert.equal(route('orders')?.spec.asleep, true);
    assert.ok(route('orders')?.spec.hostnames.includes('orders.localhost'));
    const { status, reason, message } = condition('orders')!;
    assert.deepEqual(
      { status, reason, message },
      { status: 'False', reason: 'Asleep', message: 'Nothing runs; the first request wakes it.' },
    );
    await world.settle();
    const { resourceVersion } = await world.engine.store.list(RolloutKind);
    world.nudge('orders');
    await world.settle();
    assert.equal((await world.engine.store.list(RolloutKind)).resourceVersion, resourceVersion);
  });

  test('[ENV15] awake again it runs from the same configuration, by the same replicas', async () => {
    const before = replicas('orders').map(({ metadata }) => metadata.uid);
    const serving = rollout('orders')?.status?.serving;
    await spec('orders', { asleep: false });
    await awake('orders');
    assert.equal(route('orders')?.spec.asleep, undefined);
    assert.deepEqual(rollout('orders')?.status?.serving, serving);
    assert.deepEqual(
      replicas('orders').map(({ metadata }) => metadata.uid),
      before,
    );
  });

  test('[ENV16] woken before it slept, it gets requests only once it has ended and begun again', async () => {
    const wrong: string[] = [];
    const stopWatching = world.engine.onChange(RouteKind, ({ object }) => {
      const { metadata, spec: now } = object as Route;
      const [replica] = replicas('orders');
      if (metadata.name === 'orders.production' && now.backends.length > 0 && replica?.spec.stop)
        wrong.push(`${replica.status?.phase}`);
    });
    for (let times = 0; times < 3; times += 1) {
      await spec('orders', { asleep: true });
      await world.until('its replica to be told to stop', () => replicas('orders')[0]?.spec.stop);
      await spec('orders', { asleep: false });
      await awake('orders');
      assert.equal(replicas('orders')[0]?.status?.phase, 'Ready');
    }
    stopWatching();
    assert.deepEqual(wrong, []);
  });

  test('a replica ends only when it has answered what it had begun', async () => {
    await create('slow');
    const [replica] = replicas('slow');
    const address = replica?.status?.address ?? '';
    world.behaviour.gatewayAnswers = false;
    const say = (draining: string[]) =>
      world.engine.store.mutate(
        RouteKind,
        key('slow.production'),
        one => ({
          ...one,
          status: {
            ...one.status,
            gateways: [{ name: 'test', observedGeneration: one.metadata.generation, draining }],
          },
        }),
        { user: 'system:gateway:test', from: 'test' },
        { subresource: 'status' },
      );
    await spec('slow', { asleep: true });
    await world.until('the route to keep requests', () => route('slow')?.spec.asleep);
    await say([address]);
    await world.settle();
    assert.equal(replicas('slow')[0]?.status?.phase, 'Ready');
    await say([]);
    await asleep('slow');
    world.behaviour.gatewayAnswers = true;
  });

  test('a release that came while it slept is what wakes, and when it does not start the one before serves', async () => {
    await world.push('slow', 'second');
    await world.until('the release', () => rollout('slow')?.spec.release === 'slow.2');
    await world.settle();
    assert.equal(rollout('slow')?.status?.phase, 'Asleep');
    assert.deepEqual(route('slow')?.spec.backends, []);
    let letGo = false;
    const stopWatching = world.engine.onChange(RouteKind, ({ object }) => {
      const { metadata, spec: now } = object as Route;
      letGo ||= metadata.name === 'slow.production' && !now.asleep && now.backends.length === 0;
    });
    const broken = reportOf(new PlatformError('ProcessExited', 'exit code 7', { evidence: ['no moon'] }));
    world.behaviour.replica = ({ spec }: Replica) => (spec.release === 'slow.2' ? broken : undefined);
    await spec('slow', { asleep: false });
    await world.until(
      'the old to take the traffic',
      () => route('slow')?.spec.backends[0]?.release === 'slow.1',
    );
    await world.until('it to be told', () => condition('slow')?.reason === 'ProcessExited');
    assert.equal(route('slow')?.spec.asleep, undefined);
    stopWatching();
    assert.equal(letGo, false, 'requests that waited went to the one before');
    world.behaviour.replica = () => undefined;
  });

  test('what cannot wake lets requests go, and says why', async () => {
    await create('weak');
    await spec('weak', { asleep: true });
    await asleep('weak');
    const failure = reportOf(new PlatformError('ProcessExited', 'exit code 9', { evidence: ['no sun'] }));
    world.behaviour.replica = ({ spec: { service } }) => (service === 'weak' ? failure : undefined);
    await spec('weak', { asleep: false });
    await world.until('requests to be let go', () => route('weak')?.spec.asleep === undefined);
    assert.deepEqual(route('weak')?.spec.backends, []);
    await world.until('it to be told', () => condition('weak')?.reason === 'NoReadyReplica');
    world.behaviour.replica = () => undefined;
  });

  test('one that has never run sleeps from the start, and runs when it is to', async () => {
    const startsAt = new Date().toISOString();
    const services = [{ name: 'orders', replicas: 2 }];
    await world.engine.store.create(
      EnvironmentKind,
      {
        metadata: key('calm'),
        spec: {
          type: 'requested',
          lifetime: '1d',
          startsAt,
          services,
          sleep: { asleep: true, at: startsAt },
        },
      },
      controller,
    );
    const { metadata: owner, spec: ordered } = rollout('orders')!;
    await createOnce(
      world.engine.store,
      RolloutKind,
      {
        metadata: { name: 'orders.calm', namespace: 'shop', ownerReferences: owner.ownerReferences ?? [] },
        spec: { ...ordered, environment: 'calm', asleep: true, settings: { replicas: 2 } },
      },
      controller,
    );
    const calm = () => world.engine.store.peek(RolloutKind, key('orders.calm'));
    const its = () => world.engine.store.peekAll(ReplicaKind, 'shop', one => one.spec.environment === 'calm');
    await world.until('it to sleep', () => calm()?.status?.phase === 'Asleep');
    assert.deepEqual(its(), []);
    assert.equal(world.engine.store.peek(RouteKind, key('orders.calm'))?.spec.asleep, true);
    const at = new Date().toISOString();
    await world.engine.store.mutate(
      EnvironmentKind,
      key('calm'),
      one => ({ ...one, spec: { ...one.spec, sleep: { asleep: false, at } } }),
      controller,
    );
    await world.engine.store.mutate(
      RolloutKind,
      key('orders.calm'),
      one => ({ ...one, spec: { ...one.spec, asleep: false } }),
      controller,
    );
    await world.until('it to serve', () => calm()?.status?.serving && calm()?.status?.readyReplicas === 2);
    assert.equal(its().length, 2);
  });

  test('of none that is asked for nothing runs, and requests are not kept', async () => {
    await create('idle');
    await world.engine.store.mutate(
      ServiceKind,
      key('idle'),
      one => ({ ...one, spec: { ...one.spec, replicas: 0 } }),
      alice,
    );
    await world.until('nothing to run', () => replicas('idle').length === 0);
    assert.deepEqual(route('idle')?.spec.backends, []);
    assert.equal(route('idle')?.spec.asleep, undefined);
    assert.equal(condition('idle')?.status, 'True');
  });

  test('a rollout that goes leaves nothing, though it sleeps', async () => {
    await spec('weak', { asleep: true });
    await world.until('it to sleep', () => rollout('weak')?.status?.phase === 'Asleep');
    await world.engine.store.delete(ServiceKind, key('weak'), alice);
    await world.until(
      'all of it to go',
      () => !rollout('weak') && !route('weak') && replicas('weak').length === 0,
    );
  });
});
