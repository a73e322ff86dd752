import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlatformError, type Route } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { type StatusPatch, StatusWriter } from './status-writer.ts';

const key = 'retail/shop.production';

/** A server of one route that merges what it gets, and answers when the test says so. */
const startWriter = (status: Route['status'] = {}) => {
  let route = makeRoute({ status });
  let version = 10;
  const patches: StatusPatch[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const writer = new StatusWriter({
    name: 'local',
    patchStatus: (namespace, name, patch) => {
      assert.equal(`${namespace}/${name}`, key);
      patches.push(patch);
      return new Promise((resolve, reject) => {
        waiting.push({
          resolve: () => {
            version += 1;
            const metadata = { ...route.metadata, resourceVersion: String(version) };
            route = { ...route, metadata, status: { ...route.status, ...patch } };
            resolve(route);
          },
          reject,
        });
      });
    },
    retryMs: () => 1,
    laterMs: 1,
  });
  writer.observe(key, route);
  const answer = async (error?: Error): Promise<void> => {
    const { resolve, reject } = waiting.shift()!;
    if (error) reject(error);
    else resolve();
    await new Promise(setImmediate);
  };
  return { writer, patches, answer, stored: () => route.status };
};

const mine = (observedGeneration: number, ...draining: string[]) => ({
  name: 'local',
  observedGeneration,
  draining,
});

test('an acknowledgement is sent within the call, beside those of other gateways', () => {
  const other = { name: 'other', observedGeneration: 1, draining: [] };
  const { writer, patches } = startWriter({ gateways: [mine(1), other] });
  writer.acknowledge(key, { observedGeneration: 2, draining: ['a:1'] });
  assert.deepEqual(patches, [{ gateways: [other, mine(2, 'a:1')] }]);
});

test('nothing is sent that the server knows already', () => {
  const { writer, patches } = startWriter({ gateways: [mine(2)] });
  writer.acknowledge(key, { observedGeneration: 2, draining: [] });
  assert.deepEqual(patches, []);
});

test('what happens during a write goes out together after it, the latest only', async () => {
  const { writer, patches, answer, stored } = startWriter();
  writer.acknowledge(key, { observedGeneration: 1, draining: [] });
  writer.acknowledge(key, { observedGeneration: 2, draining: ['a:1', 'b:1'] });
  writer.acknowledge(key, { observedGeneration: 2, draining: ['a:1'] });
  writer.firstRequest(key, 'shop.1', '2026-01-01T00:00:00Z');
  assert.equal(patches.length, 1);
  await answer();
  assert.equal(patches.length, 2);
  await answer();
  assert.equal(patches.length, 2);
  assert.deepEqual(stored(), {
    gateways: [mine(2, 'a:1')],
    traffic: [{ release: 'shop.1', firstRequestAt: '2026-01-01T00:00:00Z' }],
  });
});

test('a state that comes back is written again, though the watch is late', async () => {
  const { writer, patches, answer } = startWriter();
  for (const draining of [[], ['a:1'], []]) {
    writer.acknowledge(key, { observedGeneration: 1, draining });
    await answer();
  }
  assert.equal(patches.length, 3);
});

test('the first request of a release is written once, and earlier releases stay', async () => {
  const { writer, answer, patches, stored } = startWriter({
    traffic: [{ release: 'shop.1', firstRequestAt: '2026-01-01T00:00:00Z' }],
  });
  writer.firstRequest(key, 'shop.1', '2026-02-02T00:00:00Z');
  assert.equal(patches.length, 0);
  writer.firstRequest(key, 'shop.2', '2026-02-02T00:00:00Z');
  await until('the second release', () => patches.length === 1);
  await answer();
  writer.firstRequest(key, 'shop.3', '2026-03-03T00:00:00Z');
  await until('the third release', () => patches.length === 2);
  await answer();
  assert.deepEqual(
    stored()?.traffic?.map(({ release, firstRequestAt }) => `${release} ${firstRequestAt.slice(0, 10)}`),
    ['shop.1 2026-01-01', 'shop.2 2026-02-02', 'shop.3 2026-03-03'],
  );
});

test('what nobody waits for goes out with what somebody does', async () => {
  const { writer, patches, answer } = startWriter();
  writer.used(key, '2026-01-01T00:00:01Z');
  writer.firstRequest(key, 'shop.1', '2026-01-01T00:00:01Z');
  assert.deepEqual(patches, []);
  writer.acknowledge(key, { observedGeneration: 1, draining: [] });
  await answer();
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.deepEqual(patches, [
    {
      gateways: [mine(1)],
      traffic: [{ release: 'shop.1', firstRequestAt: '2026-01-01T00:00:01Z' }],
      lastRequestAt: '2026-01-01T00:00:01Z',
    },
  ]);
});

test('what fails is sent again with what is true then, until it arrives', async () => {
  const { writer, patches, answer, stored } = startWriter();
  writer.acknowledge(key, { observedGeneration: 1, draining: [] });
  await answer(new PlatformError('Unavailable', 'away'));
  writer.acknowledge(key, { observedGeneration: 2, draining: [] });
  await until('the second attempt', () => patches.length === 2);
  await answer(new PlatformError('Unavailable', 'away'));
  await until('the third attempt', () => patches.length === 3);
  await answer();
  assert.deepEqual(stored()?.gateways, [mine(2)]);
});

test('a route that is gone needs nothing more', async () => {
  const { writer, patches, answer } = startWriter();
  writer.acknowledge(key, { observedGeneration: 1, draining: [] });
  writer.acknowledge(key, { observedGeneration: 2, draining: [] });
  await answer(new PlatformError('NotFound', 'gone'));
  await new Promise(resolve => setTimeout(resolve, 20));
  assert.equal(patches.length, 1);
});

test('[ENV17] that requests wait, and when the last came, goes out with the rest, the latest only', async () => {
  const { writer, patches, answer, stored } = startWriter();
  writer.waiting(key, '2026-01-01T00:00:00Z');
  assert.deepEqual(patches, [{ waiting: { gateway: 'local', since: '2026-01-01T00:00:00Z' } }]);
  writer.used(key, '2026-01-01T00:00:01Z');
  writer.waiting(key, '2026-01-01T00:00:06Z');
  writer.waiting(key, '2026-01-01T00:00:11Z');
  await answer(new PlatformError('Unavailable', 'away'));
  await until('the second attempt', () => patches.length === 2);
  await answer();
  assert.equal(patches.length, 2);
  assert.deepEqual(stored(), {
    waiting: { gateway: 'local', since: '2026-01-01T00:00:11Z' },
    lastRequestAt: '2026-01-01T00:00:01Z',
  });
});
