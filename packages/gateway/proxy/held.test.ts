import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { until } from '@causeway/testkit/until';
import type { Gateway } from '../gateway.ts';
import { makeRoute, type RouteSketch } from '../testing/make-route.ts';
import { open, send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const asleep = (sketch: RouteSketch = {}) => makeRoute({ environment: 'staging', asleep: true, ...sketch });

const held = (gateway: Gateway): number =>
  [...gateway.router.routes].reduce((sum, route) => sum + route.held, 0);

/** A backend that says what it was asked, in the order in which it was. */
const startRecorder = async (context: TestContext) => {
  const asked: string[] = [];
  const backend = await startBackend(context, async (request, response) => {
    asked.push(request.url ?? '');
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    response.end(`${request.url} ${body}`);
  });
  return { asked, backend };
};

test('[ENV16] requests for what sleeps wait, and go through in their order once it is awake', async context => {
  const { asked, backend } = await startRecorder(context);
  const { gateway, source, port } = await startGateway(context, [asleep()]);
  const answers: Promise<{ status: number; body: string }>[] = [];
  for (const [index, path] of ['/a', '/b', '/c', '/d'].entries()) {
    answers.push(send(port, { path, method: 'POST', body: `body of ${path}` }));
    await until('it waits', () => held(gateway) === index + 1);
  }
  assert.deepEqual(asked, []);
  source.receiver.set(asleep({ generation: 2, asleep: false, backends: [backend] }));
  for (const [index, answer] of (await Promise.all(answers)).entries()) {
    assert.equal(answer.status, 200);
    const path = `/${'abcd'[index]}`;
    assert.equal(answer.body, `${path} body of ${path}`);
  }
  assert.equal(held(gateway), 0);
  assert.deepEqual(asked, ['/a', '/b', '/c', '/d']);
});

test('[ENV16] a WebSocket waits as well', async context => {
  const backend = await startBackend(context, () => {});
  backend.server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello');
    context.after(() => socket.destroy());
  });
  const { gateway, source, port } = await startGateway(context, [asleep()]);
  let got = '';
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'),
  );
  context.after(() => socket.destroy());
  socket.on('data', chunk => {
    got += chunk;
  });
  await until('it waits', () => held(gateway) === 1);
  source.receiver.set(asleep({ generation: 2, asleep: false, backends: [backend] }));
  await until('it has switched', () => got.startsWith('HTTP/1.1 101') && got.endsWith('hello'));
});

test('[ENV16] not more than may wait, not longer than they may, and in words', async context => {
  const { gateway, port } = await startGateway(context, [asleep()], { hold: { most: 2, forMs: 300 } });
  const waiting = [send(port), send(port)];
  await until('they wait', () => held(gateway) === 2);
  const refused = await send(port);
  assert.equal(refused.status, 503);
  assert.equal(refused.headers['retry-after'], '5');
  assert.match(refused.body, /no more requests can wait for it/);
  for (const answer of await Promise.all(waiting)) {
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '10');
    const problem = JSON.parse(answer.body);
    assert.equal(problem.code, 'Asleep');
    assert.equal(problem.detail, 'The service "shop" was asleep and did not wake within 0.3 s.');
    assert.match(problem.next, /platform env describe staging/);
  }
  assert.equal(held(gateway), 0);
});

test('[ENV33] requests for what starts for the first time wait, and nobody is told to wake it', async context => {
  const { asked, backend } = await startRecorder(context);
  const starting = (sketch: RouteSketch = {}) =>
    makeRoute({ environment: 'staging', starting: true, ...sketch });
  const { gateway, source, port } = await startGateway(context, [starting()], {
    hold: { most: 1, forMs: 60_000 },
  });
  const waiting = send(port, { path: '/first' });
  await until('it waits', () => held(gateway) === 1);
  const refused = await send(port);
  assert.equal(refused.status, 503);
  const { code, detail } = JSON.parse(refused.body);
  assert.equal(code, 'Starting');
  assert.equal(detail, 'The service "shop" is being started; no more requests can wait for it.');
  assert.deepEqual([source.waited, source.acknowledged], [[], []]);
  source.receiver.set(starting({ generation: 2, starting: false, backends: [backend] }));
  assert.equal((await waiting).status, 200);
  assert.deepEqual(asked, ['/first']);
  assert.equal(source.last?.observedGeneration, 2);
});

test('[ENV16] who leaves is forgotten', async context => {
  const { asked, backend } = await startRecorder(context);
  const { gateway, source, port } = await startGateway(context, [asleep()]);
  const impatient = open(port, { path: '/impatient' });
  impatient.response.catch(() => {});
  impatient.request.end();
  await until('it waits', () => held(gateway) === 1);
  const patient = send(port, { path: '/patient' });
  await until('both wait', () => held(gateway) === 2);
  impatient.request.destroy();
  await until('one waits', () => held(gateway) === 1);
  source.receiver.set(asleep({ generation: 2, asleep: false, backends: [backend] }));
  assert.equal((await patient).status, 200);
  assert.deepEqual(asked, ['/patient']);
});

test('what does not wake, or goes, refuses those who wait at once', async context => {
  const { gateway, source, port } = await startGateway(context, [asleep()]);
  let waiting = send(port);
  await until('it waits', () => held(gateway) === 1);
  source.receiver.set(asleep({ generation: 2, asleep: false }));
  assert.equal(JSON.parse((await waiting).body).code, 'NoBackend');
  source.receiver.set(asleep({ generation: 3 }));
  waiting = send(port);
  await until('it waits', () => held(gateway) === 1);
  source.receiver.remove('retail/shop.production');
  assert.equal((await waiting).status, 503);
});

test('[ENV16] a gateway that ends tells those who wait to ask again', async context => {
  const { gateway, stop, port } = await startGateway(context, [asleep()]);
  const waiting = send(port, { headers: { connection: 'keep-alive' } });
  await until('it waits', () => held(gateway) === 1);
  const stopped = stop();
  const answer = await waiting;
  assert.equal(answer.status, 503);
  assert.equal(answer.headers['retry-after'], '2');
  assert.equal(answer.headers.connection, 'close');
  await stopped;
});

test('[ENV17] that requests wait is told at once, and not for each', async context => {
  const { gateway, source, port } = await startGateway(context, [asleep()]);
  const before = Date.now();
  const waiting = [send(port), send(port), send(port)];
  await until('they wait', () => held(gateway) === 3);
  assert.equal(source.waited.length, 1);
  const [{ key, since } = { key: '', since: '' }] = source.waited;
  assert.equal(key, 'retail/shop.production');
  assert.ok(Date.parse(since) >= before && Date.parse(since) <= Date.now());
  const [route] = gateway.router.routes;
  // It may have been sent to sleep again since: who comes later is told as well, if not at once.
  for (const later of [4_890, 4_900]) route?.used(Date.parse(since) + later);
  assert.equal(source.waited.length, 1);
  await until('the newest is told', () => source.waited.length === 2);
  assert.equal(Date.parse(source.waited[1]?.since ?? ''), Date.parse(since) + 4_900);
  route?.used(Date.parse(since) + 9_900);
  assert.equal(source.waited.length, 3);
  source.receiver.set(asleep({ generation: 2, asleep: false, backends: [{ address: '127.0.0.1:1' }] }));
  source.receiver.set(asleep({ generation: 3 }));
  route?.used(Date.parse(since) + 9_901);
  assert.equal(source.waited.length, 4, 'it slept anew');
  source.receiver.remove('retail/shop.production');
  await Promise.all(waiting);
});

test('[ENV17] the last request is told at most once a minute, and not of production', async context => {
  const { backend } = await startRecorder(context);
  const staging = makeRoute({ environment: 'staging', backends: [backend] });
  const production = makeRoute({ name: 'x.production', service: 'x', hostnames: ['x'], backends: [backend] });
  const { gateway, source, port } = await startGateway(context, [staging, production]);
  for (const host of ['shop.localhost', 'shop.localhost', 'x', 'x'])
    assert.equal((await send(port, { host })).status, 200);
  assert.deepEqual(
    source.uses.map(({ key }) => key),
    ['retail/shop.production'],
  );
  const at = Date.parse(source.uses[0]?.at ?? '');
  const route = [...gateway.router.routes].find(({ entry }) => entry.environment === 'staging');
  route?.used(at + 59_999);
  assert.equal(source.uses.length, 1);
  route?.used(at + 60_000);
  assert.deepEqual(Date.parse(source.uses[1]?.at ?? ''), at + 60_000);
  assert.deepEqual(source.waited, []);
});
