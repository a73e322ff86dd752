import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { send, sendRaw } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const address = '127.90.17.4';

test('[ENV20] the address says which service is meant, whatever the request says of hosts', async context => {
  const mine = await startBackend(context, (request, response) =>
    response.end(`mine ${request.headers.host}`),
  );
  const other = await startBackend(context, (_request, response) => response.end('other'));
  const { port, source } = await startGateway(context, [
    makeRoute({ environment: 'staging', address, backends: [mine] }),
    makeRoute({ service: 'other', hostnames: ['other.localhost'], backends: [other] }),
  ]);
  for (const host of [`${address}:${port}`, 'other.localhost', 'nobody.example'])
    assert.equal((await send(port, { address, host })).body, `mine ${host}`);
  assert.equal((await send(port, { host: 'other.localhost' })).body, 'other');
  assert.deepEqual(source.uses, [], 'what services ask each other keeps no environment awake');
});

test('an address that leads nowhere any more is closed; of two routes that claim one the older has it', async context => {
  const one = await startBackend(context, (_request, response) => response.end('one'));
  const two = await startBackend(context, (_request, response) => response.end('two'));
  const { port, source } = await startGateway(context, [
    makeRoute({ service: 'two', address, backends: [two], createdAt: '2026-02-01T00:00:00Z' }),
    makeRoute({ service: 'one', address, backends: [one], createdAt: '2026-01-01T00:00:00Z' }),
  ]);
  assert.equal((await send(port, { address })).body, 'one');
  source.receiver.remove('retail/one.production');
  assert.equal((await send(port, { address })).body, 'two');
  source.receiver.remove('retail/two.production');
  await assert.rejects(send(port, { address }), { code: 'ECONNREFUSED' });
});

test('what the last run knew is reached by its addresses without any server', async context => {
  const backend = await startBackend(context, (_request, response) => response.end('ok'));
  const first = await startGateway(context, [makeRoute({ address, backends: [backend] })]);
  await first.stop();
  const { port } = await startGateway(context, undefined, { data: first.data });
  assert.equal((await send(port, { address })).body, 'ok');
});

test('an address that is taken is said once, and listened on as soon as it is free', async context => {
  const backend = await startBackend(context, (_request, response) => response.end('ok'));
  const { port, source, reports } = await startGateway(context, []);
  const rival = createServer();
  await new Promise<void>(resolve => rival.listen(port, address, resolve));
  source.receiver.set(makeRoute({ address, backends: [backend] }));
  await until('it is said', () => reports.length > 0);
  assert.match(reports[0] ?? '', /127\.90\.17\.4: .*EADDRINUSE.*tried again/);
  await new Promise(resolve => rival.close(resolve));
  await until('it is listened on', async () => {
    const sent = send(port, { address }).catch(() => undefined);
    return (await sent)?.body === 'ok';
  });
  assert.equal(reports.length, 1);
});

test('a gateway that listens on all addresses needs no other listener', async context => {
  const backend = await startBackend(context, (_request, response) => response.end('ok'));
  const { port, reports } = await startGateway(context, [makeRoute({ address, backends: [backend] })], {
    listening: { host: '0.0.0.0', port: 0 },
  });
  assert.equal((await send(port, { address, host: address })).body, 'ok');
  assert.deepEqual(reports, []);
});

test('a connection that sends no request in time is ended', async context => {
  const { port } = await startGateway(context, [makeRoute({ address })], {
    limits: { headersTimeoutMs: 200 },
  });
  assert.match(await sendRaw(port, 'GET / HTTP/1.1\r\n', address), /^HTTP\/1\.1 408 /);
});
