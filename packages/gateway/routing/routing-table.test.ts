import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRoute } from '../testing/make-route.ts';
import { isAddress, routeEntry } from './route-entry.ts';
import { buildRoutingTable } from './routing-table.ts';

test('a host belongs to the older route, then to the first by name, in whatever order they come', () => {
  const old = routeEntry(
    makeRoute({ service: 'old', hostnames: ['a.localhost'], createdAt: '2026-01-01T00:00:00Z' }),
  );
  const young = routeEntry(
    makeRoute({
      service: 'aaa',
      hostnames: ['a.localhost', 'b.localhost'],
      createdAt: '2026-01-02T00:00:00Z',
    }),
  );
  const twin = routeEntry(
    makeRoute({ service: 'bbb', hostnames: ['b.localhost'], createdAt: '2026-01-02T00:00:00Z' }),
  );
  for (const order of [
    [old, young, twin],
    [twin, young, old],
    [young, twin, old],
  ]) {
    const table = buildRoutingTable(order, ({ hostnames }) => hostnames);
    assert.equal(table.get('a.localhost'), old);
    assert.equal(table.get('b.localhost'), young);
    assert.equal(table.size, 2);
  }
});

test('only an address that is for services leads to one', () => {
  for (const address of ['127.64.0.0', '127.127.255.255', '127.100.1.2'])
    assert.equal(routeEntry(makeRoute({ address })).address, address);
  for (const address of [
    '127.0.0.1',
    '127.128.0.1',
    '10.64.0.1',
    '0.0.0.0',
    '127.64.0',
    '127.64.0.256',
    '::1',
  ]) {
    const route = makeRoute();
    assert.equal(routeEntry({ ...route, spec: { ...route.spec, address } }).address, undefined, address);
  }
});

test('an entry holds what the data plane needs, in its units', () => {
  const route = makeRoute({
    hostnames: ['Shop.LOCALHOST.', 'shop.localhost'],
    backends: [
      { address: '127.0.0.1:4000', weight: 3, release: 'shop.2' },
      { address: 'not an address' },
      { address: '127.0.0.1:0' },
    ],
    timeouts: { connect: '250ms', response: '1m30s' },
    generation: 7,
  });
  const entry = routeEntry(route);
  assert.deepEqual(entry.hostnames, ['shop.localhost']);
  assert.deepEqual(entry.targets, [
    { address: '127.0.0.1:4000', release: 'shop.2', weight: 3, standby: false },
  ]);
  assert.equal(entry.key, 'retail/shop.production');
  assert.equal(entry.generation, 7);
  assert.equal(entry.connectTimeoutMs, 250);
  assert.equal(entry.responseTimeoutMs, 90_000);
});

test('addresses', () => {
  for (const good of ['127.0.0.1:80', 'host.internal:65535', '[::1]:8080', 'a:1'])
    assert.ok(isAddress(good), good);
  for (const bad of [
    '',
    'host',
    'host:',
    'host:65536',
    'http://host:1',
    'host:1/path',
    'a b:1',
    '@:1',
    '-a:1',
  ])
    assert.ok(!isAddress(bad), bad);
});
