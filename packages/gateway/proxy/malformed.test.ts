import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { makeRoute } from '../testing/make-route.ts';
import { send, sendRaw } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const host = 'Host: shop.localhost\r\n';
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: shop.localhost\r\n\r\n';

/** Each must be refused, and nothing of it may reach the backend. */
const cases: [string, string, number][] = [
  [
    'Content-Length and Transfer-Encoding',
    `POST / HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    400,
  ],
  [
    'Transfer-Encoding and Content-Length',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`,
    400,
  ],
  ['two lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 5\r\n\r\n${smuggled}`, 400],
  [
    'two equal lengths',
    `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 0\r\n\r\n${smuggled}`,
    400,
  ],
  ['a list of lengths', `POST / HTTP/1.1\r\n${host}Content-Length: 0, 0\r\n\r\n${smuggled}`, 400],
  ['a signed length', `POST / HTTP/1.1\r\n${host}Content-Length: +0\r\n\r\n${smuggled}`, 400],
  ['a hexadecimal length', `POST / HTTP/1.1\r\n${host}Content-Length: 0x0\r\n\r\n${smuggled}`, 400],
  [
    'an unknown transfer coding',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'a coding before chunked',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'chunked twice',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  [
    'chunked not last',
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['space before the colon', `POST / HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400],
  ['a folded header', `GET / HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n\r\n`, 400],
  ['a bare line feed', `GET / HTTP/1.1\n${host}\n`, 400],
  ['a bare carriage return', `GET / HTTP/1.1\r\n${host}X-A: 1\rX-B: 2\r\n\r\n`, 400],
  ['NUL in a header', `GET / HTTP/1.1\r\n${host}X-A: a\u0000b\r\n\r\n`, 400],
  ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['two Hosts', `GET / HTTP/1.1\r\n${host}Host: other.localhost\r\n\r\n`, 400],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: shop.localhost/x\r\n\r\n', 400],
  ['a Host with a user', 'GET / HTTP/1.1\r\nHost: a@shop.localhost\r\n\r\n', 400],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
  ['no Host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 400],
  ['a target that is no path', `GET shop HTTP/1.1\r\n${host}\r\n`, 400],
  ['a space in the target', `GET /a b HTTP/1.1\r\n${host}\r\n`, 400],
  ['CONNECT', `CONNECT shop.localhost:443 HTTP/1.1\r\n${host}\r\n`, 405],
  ['an unknown method', `FROB / HTTP/1.1\r\n${host}\r\n`, 400],
  ['HTTP/2 in plain text', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['HTTP/0.9', 'GET /\r\n\r\n', 400],
  ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
  ['giant headers', `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
  ['a bad chunk size', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
];

for (const [what, bytes, status] of cases)
  test(`refused: ${what}`, async context => {
    const seen: string[] = [];
    const backend = await startBackend(context, (incoming, response) => {
      seen.push(incoming.url!);
      incoming.resume().on('end', () => response.end('reached'));
    });
    const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
    const answer = await sendRaw(port, bytes);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer.slice(0, 200));
    assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
    assert.ok(!seen.includes('/smuggled'));
    assert.doesNotMatch(answer, /reached/);
    // And the gateway goes on.
    assert.equal((await send(port)).body, 'reached');
  });

test('headers that come too slowly are given up', async context => {
  const { port } = await startGateway(context, [makeRoute()], { limits: { headersTimeoutMs: 150 } });
  assert.match(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: shop'), /^HTTP\/1\.1 408 /);
  // Nor may a connection say nothing at all for ever.
  assert.match(await sendRaw(port, ''), /^HTTP\/1\.1 408 |^$/);
});

test('a body that stops coming is given up; a slow answer is waited for', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    if (incoming.method === 'GET') setTimeout(() => response.end('slow'), 400);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })], {
    limits: { stallTimeoutMs: 150 },
  });
  const begun = performance.now();
  const stalled = sendRaw(port, `POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`);
  assert.equal((await send(port)).body, 'slow');
  assert.equal(await stalled, '');
  assert.ok(performance.now() - begun < 60_000);
});

test('idle connections are closed after the time that was announced', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })], {
    limits: { keepAliveMs: 100 },
  });
  const answer = await sendRaw(port, `GET / HTTP/1.1\r\n${host}\r\n`);
  assert.match(answer, /^HTTP\/1\.1 200 /);
});

test('a client that resets its connection in the middle of a request harms nobody', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  for (const bytes of [
    'GET',
    `GET / HTTP/1.1\r\n${host}`,
    `POST / HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\nab`,
  ])
    await new Promise<void>(resolve => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.resetAndDestroy()));
      socket.on('close', () => resolve());
    });
  assert.equal((await send(port)).status, 200);
});
