import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  EnvironmentKind,
  ReplicaKind,
  type Rollout,
  RolloutKind,
  RouteKind,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { preferredAddress } from './route-address.ts';
import { urlVariable } from './service-urls.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const controller = { user: 'system:controller:environment', from: 'test' };
const placeOf = (service: string, environment = 'production') => ({ team: 'shop', environment, service });
const urlOf = (service: string, environment?: string): string =>
  `http://${preferredAddress(placeOf(service, environment))}:7080`;

test('a variable is named as its service, in letters that a shell takes', () => {
  assert.equal(urlVariable('payments-api'), 'PAYMENTS_API_URL');
  assert.equal(urlVariable('2fa'), '_2FA_URL');
});

test('an address is of loopback, beside those that machines use, and always the same', () => {
  const found = new Set<string>();
  for (let index = 0; index < 1000; index += 1) {
    const address = preferredAddress(placeOf(`service-${index}`));
    const [first, second, ...rest] = address.split('.').map(Number);
    assert.equal(first, 127);
    assert.ok(second! >= 64 && second! < 128 && rest.every(one => one >= 0 && one < 256), address);
    found.add(address);
  }
  assert.ok(found.size > 990, `${found.size} of 1000 are apart`);
  assert.equal(preferredAddress(placeOf('orders')), '127.121.45.76');
});

describe('services of an environment', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const replica = (service: string, environment = 'production') =>
    world.engine.store.peekAll(
      ReplicaKind,
      'shop',
      ({ spec }) => spec.service === service && spec.environment === environment,
    )[0];
  const variables = (service: string, environment?: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(replica(service, environment)?.spec.variables ?? {}).filter(([name]) =>
        name.endsWith('_URL'),
      ),
    );
  const rollout = (name: string) => world.engine.store.peek(RolloutKind, key(name));
  const serves = (service: string, release: string, environment = 'production') =>
    world.until(
      `${release} to serve in ${environment}`,
      () =>
        rollout(`${service}.${environment}`)?.status?.serving?.release === release &&
        rollout(`${service}.${environment}`)?.status?.phase === 'Serving',
    );
  const create = async (name: string, spec: object = {}) => {
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny', ...spec } },
      alice,
    );
    await serves(name, `${name}.1`);
  };
  const environment = (name: string, services: object[]) =>
    world.engine.store.create(
      EnvironmentKind,
      {
        metadata: key(name),
        spec: { type: 'requested', lifetime: '1d', startsAt: new Date().toISOString(), services },
      },
      controller,
    );
  /** As the environment’s controller makes them. */
  const roll = async (service: string, environment: string, settings: Rollout['spec']['settings'] = {}) => {
    const { metadata, spec } = rollout(`${service}.production`)!;
    await createOnce(
      world.engine.store,
      RolloutKind,
      {
        metadata: { ...key(`${service}.${environment}`), ownerReferences: metadata.ownerReferences ?? [] },
        spec: { ...spec, environment, settings },
      },
      controller,
    );
  };

  test('[ENV18] each finds itself and those that are there, at an address that its route has', async () => {
    await create('orders');
    assert.deepEqual(variables('orders'), { ORDERS_URL: urlOf('orders') });
    await create('pay-desk');
    assert.deepEqual(variables('pay-desk'), { ORDERS_URL: urlOf('orders'), PAY_DESK_URL: urlOf('pay-desk') });
    assert.equal(
      world.engine.store.peek(RouteKind, key('pay-desk.production'))?.spec.address,
      preferredAddress(placeOf('pay-desk')),
    );
  });

  test('[ENV19] a service that appears or goes restarts nobody; the next release is told', async () => {
    const before = replica('orders')?.metadata.uid;
    await create('stock');
    await world.settle();
    assert.equal(replica('orders')?.metadata.uid, before);
    await world.push('orders', 'second');
    await serves('orders', 'orders.2');
    assert.deepEqual(Object.keys(variables('orders')), ['ORDERS_URL', 'PAY_DESK_URL', 'STOCK_URL']);
    const next = replica('orders')?.metadata.uid;
    await world.engine.store.delete(ServiceKind, key('stock'), alice);
    await world.until('it to go', () => !rollout('stock.production'));
    await world.settle();
    assert.equal(replica('orders')?.metadata.uid, next);
  });

  test('what a service, or its environment, sets itself wins', async () => {
    await create('own', { variables: [{ name: 'ORDERS_URL', value: 'http://elsewhere' }] });
    assert.equal(variables('own').ORDERS_URL, 'http://elsewhere');
    const settings = { name: 'own', variables: [{ name: 'ORDERS_URL', value: 'http://set' }] };
    await environment('set', [settings]);
    await roll('own', 'set', { variables: { ORDERS_URL: 'http://set' } });
    await serves('own', 'own.1', 'set');
    assert.equal(variables('own', 'set').ORDERS_URL, 'http://set');
  });

  test('what listens to nothing has no address', async () => {
    world.behaviour.processes = { worker: 'work' };
    await create('worker');
    assert.equal(variables('worker').WORKER_URL, undefined);
    assert.equal(variables('worker').ORDERS_URL, urlOf('orders'));
    world.behaviour.processes = { web: 'serve' };
  });

  test('[ENV18] in an environment that ends they find those of it under the same names, and production not', async () => {
    await environment('trial', [{ name: 'orders' }]);
    await roll('orders', 'trial');
    await serves('orders', 'orders.2', 'trial');
    assert.deepEqual(variables('orders', 'trial'), { ORDERS_URL: urlOf('orders', 'trial') });
    await world.engine.store.mutate(
      EnvironmentKind,
      key('trial'),
      one => ({ ...one, spec: { ...one.spec, services: [{ name: 'orders' }, { name: 'pay-desk' }] } }),
      controller,
    );
    const both = { ORDERS_URL: urlOf('orders', 'trial'), PAY_DESK_URL: urlOf('pay-desk', 'trial') };
    await world.until('it to be told', () => variables('orders', 'trial').PAY_DESK_URL);
    assert.deepEqual(variables('orders', 'trial'), both);
  });

  test('[ENV19] of two that would have one address the second has the next, and all know it', async () => {
    const address = preferredAddress(placeOf('late'));
    await world.engine.store.create(
      RouteKind,
      {
        metadata: key('early.elsewhere'),
        spec: { service: 'early', environment: 'elsewhere', hostnames: [], backends: [], address },
      },
      controller,
    );
    await create('late');
    const late = world.engine.store.peek(RouteKind, key('late.production'))?.spec.address;
    assert.ok(late && late !== address);
    assert.equal(variables('late').LATE_URL, `http://${late}:7080`);
    await world.until('others to be told', () => variables('orders').LATE_URL === `http://${late}:7080`);
  });

  test('[ENV19] a route that comes to share an address with an older one gives it up', async () => {
    const taken = world.engine.store.peek(RouteKind, key('orders.production'))?.spec.address;
    assert.ok(taken);
    await world.engine.store.mutate(
      RouteKind,
      key('pay-desk.production'),
      one => ({ ...one, spec: { ...one.spec, address: taken } }),
      controller,
    );
    const mended = await world.until('it to have its own', () => {
      const { address } = world.engine.store.peek(RouteKind, key('pay-desk.production'))?.spec ?? {};
      return address !== taken && address;
    });
    assert.equal(mended, preferredAddress(placeOf('pay-desk')));
    assert.equal(world.engine.store.peek(RouteKind, key('orders.production'))?.spec.address, taken);
  });
});
