import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { startPlatformServer } from '../testing/platform-server.ts';
import { send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';
import { ClientRouteSource } from './client-route-source.ts';

const key = 'retail/shop.production';

const startAll = async (context: TestContext) => {
  const server = await startPlatformServer(context);
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  server.put(makeRoute({ backends: [backend] }));
  const errors: string[] = [];
  const source = new ClientRouteSource({
    server: `http://127.0.0.1:${server.port}`,
    token: () => 'secret',
    name: 'local',
    onError: error => errors.push(error.message),
  });
  const { port } = await startGateway(context, undefined, { source });
  await until('the route serves', async () => (await send(port)).status === 200);
  return { server, backend, port, errors };
};

test('a change at the server is acknowledged in its status, at once', async context => {
  const { server, backend } = await startAll(context);
  const acknowledged = (generation: number) =>
    server.routes.get(key)!.status?.gateways?.some(gateway => gateway.observedGeneration === generation);
  await until('generation 1', () => acknowledged(1));
  const delays: number[] = [];
  for (let generation = 2; generation <= 21; generation++) {
    const begun = performance.now();
    server.put(makeRoute({ generation, backends: [backend] }));
    await until(`generation ${generation}`, () => acknowledged(generation));
    delays.push(server.patches.at(-1)!.at - begun);
  }
  const median = delays.sort((a, b) => a - b)[10]!;
  context.diagnostic(`event sent to acknowledgement received: median ${median.toFixed(2)} ms`);
  assert.ok(median < 20, `${median} ms`);
  assert.deepEqual([...server.tokens], ['Bearer secret']);
});

test('the first request of a release is in the status, once', async context => {
  const { server, port } = await startAll(context);
  await until('traffic', () => server.routes.get(key)!.status?.traffic?.length === 1);
  for (let i = 0; i < 5; i++) await send(port);
  assert.equal(server.patches.filter(({ status }) => status.traffic).length, 1);
});

test('while the server is away everything goes on; what it changed then comes when it is back', async context => {
  const { server, port, errors } = await startAll(context);
  await server.stop();
  await until('it is noticed', () => errors.length > 0);
  assert.equal((await send(port)).status, 200);
  server.routes.clear();
  await server.start();
  // Reconnected, but the watch went on from where it was: an empty server is no reason to drop what serves.
  assert.equal((await send(port)).status, 200);
  const second = await startBackend(context, (_incoming, response) => response.end('second'));
  server.put(makeRoute({ service: 'second', hostnames: ['second.localhost'], backends: [second] }));
  await until('the new route', async () => (await send(port, { host: 'second.localhost' })).status === 200);
});

test('a deleted route is gone at once', async context => {
  const { server, port } = await startAll(context);
  server.delete(key);
  await until('404', async () => (await send(port)).status === 404);
});
