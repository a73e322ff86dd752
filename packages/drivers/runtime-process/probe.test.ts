import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HttpSettings } from '@causeway/model';
import { awaitReady } from './await-ready.ts';
import { probe } from './probe.ts';

const never = new AbortController().signal;
const ours = () => false;
const settings = (given: Partial<HttpSettings> = {}) => HttpSettings.parse(given);

const listen = async (t: TestContext, server: Server, host = '127.0.0.1'): Promise<number> => {
  await new Promise<void>(resolve => server.listen(0, host, resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
};
const serve = (t: TestContext, answer: RequestListener, host?: string) =>
  listen(t, createServer(answer), host);
const status = (code: number, body = '') =>
  ((_, response) => response.writeHead(code).end(body)) as RequestListener;

test('without a health path any answer below 500 is ready', async t => {
  const port = await serve(t, status(404));
  assert.deepEqual(await probe(port, settings(), 1000, never), { kind: 'ready', host: '127.0.0.1' });
});

test('a health path must answer 2xx or 3xx; what it said is kept', async t => {
  const port = await serve(t, status(404, `no such page ${'x'.repeat(5000)}`));
  const result = await probe(port, settings({ healthPath: '/up' }), 1000, never);
  assert.equal(result.kind, 'unhealthy');
  assert.ok(result.kind === 'unhealthy' && result.status === 404 && result.path === '/up');
  assert.ok(result.body.startsWith('no such page') && result.body.length === 300);
});

test('nobody, somebody silent, somebody who does not speak HTTP', async t => {
  const silent = createTcpServer(() => {});
  const port = await listen(t, silent);
  assert.deepEqual(await probe(port, settings(), 50, never), { kind: 'silent', withinMs: 50 });
  assert.deepEqual(await probe(port, settings({ readiness: 'tcp' }), 50, never), {
    kind: 'ready',
    host: '127.0.0.1',
  });
  const babble = await listen(
    t,
    createTcpServer(socket => socket.end('220 smtp\r\n')),
  );
  assert.equal((await probe(babble, settings(), 1000, never)).kind, 'broken');
  assert.equal((await probe(port, settings(), 1000, AbortSignal.abort())).kind, 'refused');
});

test('a program on ::1 only is found there', async t => {
  const port = await serve(t, status(200), '::1').catch(() => 0);
  if (port === 0) return t.skip('this machine has no IPv6 loopback');
  const ready = await awaitReady(port, settings(), Date.now(), ours, never);
  assert.deepEqual(ready, { ready: true, address: `[::1]:${port}` });
});

test('waiting ends with the last finding when the start takes too long', async t => {
  const port = await serve(t, status(503, 'warming up'));
  const outcome = await awaitReady(port, settings({ startTimeout: '300ms' }), Date.now(), ours, never);
  assert.ok(outcome && !outcome.ready && outcome.last !== 'foreign');
  assert.ok(outcome.last.kind === 'unhealthy' && outcome.waitedMs >= 300);
});

test('who answers in the place of the program is not taken for it', async t => {
  const port = await serve(t, status(200));
  const outcome = await awaitReady(port, settings(), Date.now(), () => true, never);
  assert.ok(outcome && !outcome.ready && outcome.last === 'foreign');
});
