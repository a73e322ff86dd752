import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { makeRoute } from '../testing/make-route.ts';
import { open, send, sendRaw } from '../testing/send.ts';
import { startBackend, startRawBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const bodyOf = async (message: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of message.setEncoding('utf8')) body += chunk;
  return body;
};

test('a request arrives as it was sent, and its answer too', async context => {
  const backend = await startBackend(context, async (incoming, response) => {
    const { method, url, headers } = incoming;
    response.writeHead(201, 'Made', { 'Set-Cookie': ['a=1', 'b=2'], 'X-Latin': 'caf\u00e9' });
    response.end(JSON.stringify({ method, url, headers, body: await bodyOf(incoming) }));
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await send(port, {
    method: 'PATCH',
    path: '/a%20b?c=d&c=e',
    host: 'SHOP.localhost:7080',
    headers: { 'x-mine': 'yes', 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6' },
    body: 'hello ✓',
  });
  const seen = JSON.parse(answer.body);
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(answer.headers['x-latin'], 'caf\u00e9');
  assert.equal(answer.headers['x-request-id'], seen.headers['x-request-id']);
  assert.equal(seen.method, 'PATCH');
  assert.equal(seen.url, '/a%20b?c=d&c=e');
  assert.equal(seen.body, 'hello ✓');
  assert.equal(seen.headers.host, 'SHOP.localhost:7080');
  assert.equal(seen.headers['x-mine'], 'yes');
  assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(seen.headers['x-forwarded-proto'], 'http');
  assert.equal(seen.headers['x-forwarded-host'], 'SHOP.localhost:7080');
  assert.equal(seen.headers.forwarded, undefined);
  assert.match(seen.headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test('answers without a body stay without one', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    const status = Number(incoming.url!.slice(1));
    response.writeHead(
      status,
      incoming.method === 'HEAD' ? { 'content-length': 1234, etag: '"x"' } : { etag: '"x"' },
    );
    response.end();
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  for (const status of [204, 304]) {
    const answer = await send(port, { path: `/${status}` });
    assert.equal(answer.status, status);
    assert.equal(answer.headers.etag, '"x"');
    assert.equal(answer.headers['transfer-encoding'], undefined);
  }
  const head = await send(port, { method: 'HEAD', path: '/200' });
  assert.equal(head.headers['content-length'], '1234');
  assert.equal(head.body, '');
});

test('an announced trailer does no harm where there is no body', async context => {
  const address = await startRawBackend(context, socket => {
    socket.on('data', () =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-checksum\r\n\r\n'),
    );
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [{ address }] })]);
  const answer = await send(port, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.trailer, undefined);
});

test('a thousand and more small headers arrive, all of them', async context => {
  const backend = await startBackend(
    context,
    (incoming, response) =>
      response.end(String(incoming.rawHeaders.filter(name => /^h\d/.test(name)).length)),
    { maxHeaderSize: 64 * 1024 },
  );
  backend.server.maxHeadersCount = 0;
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const many = Array.from({ length: 1_500 }, (_, index) => `h${index}: 1\r\n`).join('');
  const answer = await sendRaw(
    port,
    `POST / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n${many}Content-Length: 0\r\n\r\n`,
  );
  assert.match(answer, /\r\n\r\n1500$/);
});

test('bodies with a length, in chunks, empty, and on methods that rarely have one', async context => {
  const backend = await startBackend(context, async (incoming, response) => {
    const framing = incoming.headers['content-length'] ?? incoming.headers['transfer-encoding'] ?? 'none';
    response.end(`${framing} ${await bodyOf(incoming)}`);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const chunked = { 'transfer-encoding': 'chunked' };
  assert.equal(
    (await send(port, { method: 'POST', body: 'abc', headers: { 'content-length': '3' } })).body,
    '3 abc',
  );
  assert.equal((await send(port, { method: 'POST', body: 'abc', headers: chunked })).body, 'chunked abc');
  assert.equal((await send(port, { method: 'POST', headers: { 'content-length': '0' } })).body, '0 ');
  assert.equal(
    (await send(port, { method: 'DELETE', body: 'abc', headers: { 'content-length': '3' } })).body,
    '3 abc',
  );
  assert.equal((await send(port, { method: 'GET', body: 'abc', headers: chunked })).body, 'chunked abc');
  assert.equal((await send(port, { method: 'GET' })).body, 'none ');
});

test('trailers of a response arrive', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(200, { trailer: 'x-checksum' });
    response.write('abc');
    response.addTrailers({ 'x-checksum': '900150' });
    response.end();
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await send(port);
  assert.equal(answer.body, 'abc');
  assert.equal(answer.trailers['x-checksum'], '900150');
});

test('early hints arrive before the response', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('page');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port);
  const hints: unknown[] = [];
  sent.on('information', information => hints.push(information.statusCode, information.headers.link));
  sent.end();
  assert.equal(await bodyOf(await response), 'page');
  assert.deepEqual(hints, [103, '</style.css>; rel=preload']);
});

test('Expect: 100-continue is answered when the body is wanted, and not when nobody wants it', async context => {
  const backend = await startBackend(context, async (incoming, response) => {
    response.end(`${incoming.headers.expect} ${await bodyOf(incoming)}`);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const ask = (host: string): Promise<{ continued: boolean; body: string; status: number }> =>
    new Promise((resolve, reject) => {
      let continued = false;
      const headers = { host, expect: '100-continue', 'content-length': '5' };
      const sent = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false });
      sent.on('continue', () => {
        continued = true;
        sent.end('large');
      });
      sent.on('response', async response => {
        resolve({ continued, body: await bodyOf(response), status: response.statusCode! });
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
  assert.deepEqual(await ask('shop.localhost'), { continued: true, body: 'undefined large', status: 200 });
  const refused = await ask('nobody.localhost');
  assert.equal(refused.continued, false);
  assert.equal(refused.status, 404);
});

test('connections are kept on both sides', async context => {
  const peers = new Set<number>();
  const backend = await startBackend(context, (incoming, response) => {
    peers.add(incoming.socket.remotePort!);
    response.end('ok');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const locals = new Set<number>();
  for (let i = 0; i < 20; i++)
    await new Promise<void>((resolve, reject) => {
      request({ port, host: '127.0.0.1', agent, headers: { host: 'shop.localhost' } }, response => {
        locals.add(response.socket.localPort!);
        response.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(peers.size, 1);
  assert.equal(locals.size, 1);
});

test('pipelined requests are answered in order', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    setTimeout(() => response.end(incoming.url), incoming.url === '/first' ? 30 : 0);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await sendRaw(
    port,
    'GET /first HTTP/1.1\r\nHost: shop.localhost\r\n\r\n' +
      'GET /second HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n',
  );
  assert.ok(answer.indexOf('/first') > 0 && answer.indexOf('/first') < answer.indexOf('/second'), answer);
});

test('HTTP/1.0 clients get no chunks, and a closed connection at the end', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(200, { trailer: 'x-checksum' });
    response.write('abc');
    response.end('def');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await sendRaw(port, 'GET / HTTP/1.0\r\nHost: shop.localhost\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.doesNotMatch(answer, /transfer-encoding/i);
  assert.ok(answer.endsWith('\r\n\r\nabcdef'), answer);
});

test('an answer that ends with its connection is passed on whole', async context => {
  const address = await startRawBackend(context, socket => {
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end'));
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [{ address }] })]);
  assert.equal((await send(port)).body, 'until the end');
});

test('an unknown host is named in the problem; before any configuration it is 503', async context => {
  const known = await startGateway(context, [makeRoute()]);
  const unknown = await send(known.port, { host: 'no-such.localhost:7080' });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers['content-type'], 'application/problem+json');
  const problem = JSON.parse(unknown.body);
  assert.equal(problem.type, 'about:blank');
  assert.equal(problem.status, 404);
  assert.equal(problem.title, 'Not Found');
  assert.equal(problem.code, 'UnknownHost');
  assert.match(problem.detail, /"no-such\.localhost"/);

  const fresh = await startGateway(context, undefined);
  const early = await send(fresh.port);
  assert.equal(early.status, 503);
  assert.ok(Number(early.headers['retry-after']) > 0);
});

test('a route with no backend, or only backends of weight 0, is 503 with Retry-After', async context => {
  const { port } = await startGateway(context, [
    makeRoute(),
    makeRoute({
      service: 'idle',
      hostnames: ['idle.localhost'],
      backends: [{ address: '127.0.0.1:9', weight: 0 }],
    }),
  ]);
  for (const host of ['shop.localhost', 'idle.localhost']) {
    const answer = await send(port, { host });
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    assert.equal(JSON.parse(answer.body).code, 'NoBackend');
  }
});

test('weights decide, exactly enough for a canary', async context => {
  const count = { one: 0, two: 0 };
  const one = await startBackend(context, (_incoming, response) => response.end(String(++count.one)));
  const two = await startBackend(context, (_incoming, response) => response.end(String(++count.two)));
  const backends = [
    { ...one, weight: 9 },
    { ...two, weight: 1 },
  ];
  const { port } = await startGateway(context, [makeRoute({ backends })]);
  for (let i = 0; i < 100; i++) await send(port);
  assert.ok(count.two >= 9 && count.two <= 11, JSON.stringify(count));
});

test('OPTIONS * concerns the gateway itself', async context => {
  const { port } = await startGateway(context, [makeRoute()]);
  const answer = await sendRaw(
    port,
    'OPTIONS * HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 204 /);
});

test('absolute-form is understood, and its host counts', async context => {
  const backend = await startBackend(context, (incoming, response) =>
    response.end(`${incoming.headers.host} ${incoming.url}`),
  );
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await sendRaw(
    port,
    'GET http://shop.localhost:81/a?b HTTP/1.1\r\nHost: other.localhost\r\nConnection: close\r\n\r\n',
  );
  assert.ok(answer.endsWith('shop.localhost:81 /a?b'), answer);
});

test('more connections to a backend than allowed are refused, with the reason', async context => {
  const waiting: (() => void)[] = [];
  const backend = await startBackend(context, (_incoming, response) => {
    waiting.push(() => response.end('ok'));
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })], {
    maxConnectionsPerBackend: 2,
  });
  const slow = [send(port), send(port)];
  while (waiting.length < 2) await new Promise(setImmediate);
  const refused = await send(port);
  assert.equal(refused.status, 503);
  assert.equal(JSON.parse(refused.body).code, 'Overloaded');
  for (const answer of waiting) answer();
  for (const { status } of await Promise.all(slow)) assert.equal(status, 200);
});
