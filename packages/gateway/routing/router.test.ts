import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { open, send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

/** A backend that says its name, as late as the test wants. */
const startNamed = async (context: TestContext, name: string) => {
  const waiting: (() => void)[] = [];
  const state = { hold: false };
  const backend = await startBackend(context, (_incoming, response) => {
    if (state.hold) waiting.push(() => response.end(name));
    else response.end(name);
  });
  return { ...backend, state, waiting };
};

test('a change is in force and acknowledged when the call returns', async context => {
  const [one, two] = await Promise.all([startNamed(context, 'one'), startNamed(context, 'two')]);
  const { port, source } = await startGateway(context, [makeRoute({ backends: [one] })]);
  assert.deepEqual(source.acknowledged, [
    { key: 'retail/shop.production', acknowledgement: { observedGeneration: 1, draining: [] } },
  ]);
  assert.equal((await send(port)).body, 'one');
  const begun = process.cpuUsage();
  source.receiver.set(makeRoute({ generation: 2, backends: [two] }));
  assert.ok(process.cpuUsage(begun).user < 20_000);
  assert.deepEqual(source.last, { observedGeneration: 2, draining: [] });
  assert.equal((await send(port)).body, 'two');
});

test('a removed backend gets nothing new, finishes what it has, and is reported until then', async context => {
  const [old, young] = await Promise.all([startNamed(context, 'old'), startNamed(context, 'young')]);
  const { port, source } = await startGateway(context, [makeRoute({ backends: [old] })]);
  old.state.hold = true;
  const slow = [send(port), send(port)];
  await until('both are at the old backend', () => old.waiting.length === 2);
  source.receiver.set(makeRoute({ generation: 2, backends: [young] }));
  assert.deepEqual(source.last, { observedGeneration: 2, draining: [old.address] });
  for (let i = 0; i < 5; i++) assert.equal((await send(port)).body, 'young');
  old.waiting[0]!();
  assert.equal((await slow[0])!.body, 'old');
  await sleep(20);
  assert.deepEqual(source.last?.draining, [old.address]);
  old.waiting[1]!();
  assert.equal((await slow[1])!.body, 'old');
  await until('drained', () => source.last?.draining.length === 0);
  assert.deepEqual(source.last, { observedGeneration: 2, draining: [] });
  assert.equal(source.acknowledged.length, 3);
});

test('an address that comes back is not draining any more', async context => {
  const [one, two] = await Promise.all([startNamed(context, 'one'), startNamed(context, 'two')]);
  const { port, source } = await startGateway(context, [makeRoute({ backends: [one] })]);
  one.state.hold = true;
  const slow = send(port);
  await until('it is at the backend', () => one.waiting.length === 1);
  source.receiver.set(makeRoute({ generation: 2, backends: [two] }));
  source.receiver.set(makeRoute({ generation: 3, backends: [one, two] }));
  assert.deepEqual(source.last, { observedGeneration: 3, draining: [] });
  one.waiting[0]!();
  assert.equal((await slow).body, 'one');
});

test('a status change is no change', async context => {
  const one = await startNamed(context, 'one');
  const { source } = await startGateway(context, [makeRoute({ backends: [one] })]);
  const gateways = [{ name: 'local', observedGeneration: 1, draining: [] }];
  source.receiver.set(makeRoute({ backends: [one], status: { gateways } }));
  assert.equal(source.acknowledged.length, 1);
});

test('hosts come, move and go with their routes', async context => {
  const [one, two] = await Promise.all([startNamed(context, 'one'), startNamed(context, 'two')]);
  const first = makeRoute({ service: 'one', hostnames: ['a.localhost'], backends: [one] });
  const { port, source } = await startGateway(context, [first]);
  const at = async (host: string) => {
    const { status, body } = await send(port, { host });
    return status === 200 ? body : status;
  };
  source.receiver.set(makeRoute({ service: 'two', hostnames: ['b.localhost'], backends: [two] }));
  assert.deepEqual([await at('a.localhost'), await at('b.localhost')], ['one', 'two']);
  source.receiver.set(
    makeRoute({ service: 'one', generation: 2, hostnames: ['c.localhost'], backends: [one] }),
  );
  assert.deepEqual([await at('a.localhost'), await at('c.localhost')], [404, 'one']);
  source.receiver.remove('retail/two.production');
  assert.equal(await at('b.localhost'), 404);
  source.receiver.replace([]);
  assert.equal(await at('c.localhost'), 404);
});

test('the first answer of each release is told once', async context => {
  const [one, two] = await Promise.all([startNamed(context, 'one'), startNamed(context, 'two')]);
  const { port, source } = await startGateway(context, [
    makeRoute({ backends: [{ ...one, release: 'shop.1' }] }),
  ]);
  assert.equal(source.first.length, 0);
  await send(port);
  await send(port);
  source.receiver.set(makeRoute({ generation: 2, backends: [{ ...two, release: 'shop.2' }] }));
  await send(port);
  assert.deepEqual(
    source.first.map(({ key, release }) => `${key} ${release}`),
    ['retail/shop.production shop.1', 'retail/shop.production shop.2'],
  );
  assert.match(source.first[0]!.at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('backends change under load and not one request fails', async context => {
  const backends = await Promise.all(['a', 'b', 'c', 'd'].map(name => startNamed(context, name)));
  const { port, source } = await startGateway(context, [makeRoute({ backends: [backends[0]!] })]);
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  context.after(() => agent.destroy());
  const statuses = new Map<number | string, number>();
  const ask = (method: string): Promise<void> =>
    new Promise(resolve => {
      const count = (key: number | string) => statuses.set(key, (statuses.get(key) ?? 0) + 1);
      const sent = request(
        { port, host: '127.0.0.1', method, agent, headers: { host: 'shop.localhost' } },
        response => {
          count(response.statusCode!);
          response.resume().on('end', resolve);
        },
      );
      sent.on('error', error => {
        count(error.message);
        resolve();
      });
      sent.end(method === 'POST' ? 'order' : undefined);
    });
  let loading = true;
  const load = Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      while (loading) {
        await ask(index % 2 === 0 ? 'GET' : 'POST');
        await sleep(20);
      }
    }),
  );
  for (let generation = 2; generation <= 50; generation++) {
    await sleep(20);
    source.receiver.set(makeRoute({ generation, backends: [backends[generation % 4]!] }));
  }
  loading = false;
  await load;
  assert.deepEqual([...statuses.keys()], [200]);
  assert.ok(statuses.get(200)! > 100, String(statuses.get(200)));
});

test('what was known serves at the next start, before the server is there, and is not acknowledged', async context => {
  const data = mkdtempSync(join(tmpdir(), 'causeway-gateway-'));
  context.after(() => rmSync(data, { recursive: true, force: true }));
  const one = await startNamed(context, 'one');
  const before = await startGateway(context, [makeRoute({ backends: [one], generation: 4 })], { data });
  await before.stop();
  const after = await startGateway(context, undefined, { data });
  assert.equal((await send(after.port)).body, 'one');
  assert.deepEqual(after.source.acknowledged, []);
  // The server is back: the same route is acknowledged, and only what its complete list lacks goes.
  after.source.receiver.replace([makeRoute({ backends: [one], generation: 4 })]);
  assert.deepEqual(after.source.last, { observedGeneration: 4, draining: [] });
  after.source.receiver.replace([]);
  assert.equal((await send(after.port)).status, 404);
  await after.stop();
  const last = await startGateway(context, undefined, { data });
  assert.equal((await send(last.port)).status, 404);
});

test('a tunnel or stream counts as a request in flight', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.write('begun');
    response.on('error', () => {});
  });
  const other = await startNamed(context, 'other');
  const { port, source } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port);
  sent.end();
  const incoming = await response;
  incoming.on('error', () => {});
  await once(incoming, 'data');
  source.receiver.set(makeRoute({ generation: 2, backends: [other] }));
  assert.deepEqual(source.last?.draining, [backend.address]);
  sent.destroy();
  await until('drained', () => source.last?.draining.length === 0);
});
