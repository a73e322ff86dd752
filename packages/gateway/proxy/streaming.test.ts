import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { open, send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const megabyte = 1024 * 1024;
const block = Buffer.alloc(64 * 1024, 'x');
const total = 200 * megabyte;

/** Yields `total` bytes without having them all. */
function* blocks(): Generator<Buffer> {
  for (let sent = 0; sent < total; sent += block.length) yield block;
}

test('a client that reads slowly slows its backend down', async context => {
  let written = 0;
  const backend = await startBackend(context, (_incoming, response) => {
    const source = Readable.from(blocks());
    source.on('data', chunk => {
      written += chunk.length;
    });
    source.pipe(response);
    response.on('close', () => source.destroy());
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port);
  sent.end();
  const incoming = await response;
  incoming.pause();
  let last = -1;
  await until('the backend stops writing', async () => {
    const still = written === last;
    last = written;
    await sleep(100);
    return still && written > 0;
  });
  assert.ok(written < 40 * megabyte, `${written} bytes were taken from the backend`);
  incoming.destroy();
});

test('a backend that reads slowly slows its client down', async context => {
  const backend = await startBackend(context, incoming => incoming.pause());
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  let written = 0;
  const { request: sent, response } = open(port, { method: 'PUT' });
  response.catch(() => {});
  const source = Readable.from(blocks());
  source.on('data', chunk => {
    written += chunk.length;
  });
  source.pipe(sent);
  let last = -1;
  await until('the client stops writing', async () => {
    const still = written === last;
    last = written;
    await sleep(100);
    return still && written > 0;
  });
  assert.ok(written < 40 * megabyte, `${written} bytes were taken from the client`);
  source.destroy();
  sent.destroy();
});

test('events arrive one by one, at once, and the head before the first', async context => {
  let say: (text: string) => void = () => {};
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    say = text => response.write(`data: ${text}\n\n`);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port);
  sent.end();
  const incoming = (await response).setEncoding('utf8');
  const delays: number[] = [];
  for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    say(String(i));
    const [chunk] = await once(incoming, 'data');
    delays.push(performance.now() - begun);
    assert.equal(chunk, `data: ${i}\n\n`);
  }
  const median = delays.sort((a, b) => a - b)[10]!;
  assert.ok(median < 20, `${median} ms`);
  sent.destroy();
});

test('a head whose body is late arrives without it', async context => {
  let finish = () => {};
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(200, { 'content-length': 3 });
    response.flushHeaders();
    finish = () => response.end('abc');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port);
  sent.end();
  const incoming = await response;
  finish();
  const [chunk] = await once(incoming, 'data');
  assert.equal(String(chunk), 'abc');
});

test('both directions flow at the same time', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    response.flushHeaders();
    incoming.pipe(response);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port, { method: 'POST' });
  // The head goes to the backend together with the first bytes of the body.
  sent.write('first');
  const incoming = (await response).setEncoding('utf8');
  assert.equal((await once(incoming, 'data'))[0], 'first');
  for (const word of ['second', 'third']) {
    sent.write(word);
    assert.equal((await once(incoming, 'data'))[0], word);
  }
  sent.end();
  await once(incoming, 'end');
});

for (const when of ['before the answer', 'during the answer', 'during the upload'] as const)
  test(`a client that goes away ${when} cancels the request at its backend`, async context => {
    let arrived = 0;
    let cancelled = 0;
    const backend = await startBackend(context, (incoming, response) => {
      arrived += 1;
      incoming.on('error', () => {});
      response.on('close', () => {
        cancelled += response.writableFinished ? 0 : 1;
      });
      if (when === 'during the answer') response.write('begun');
    });
    const { port, gateway } = await startGateway(context, [makeRoute({ backends: [backend] })]);
    const upload = when === 'during the upload';
    const { request: sent, response } = open(port, { method: upload ? 'POST' : 'GET' });
    response.catch(() => {});
    if (upload) sent.write('begun');
    else sent.end();
    await until('the request arrives', () => arrived === 1);
    if (when === 'during the answer') await response;
    sent.destroy();
    await until('the backend notices', () => cancelled === 1);
    const [route] = gateway.router.routes;
    await until('nothing is in flight', () => route!.metrics.inFlight === 0);
  });

test('an answer before the end of the upload reaches the client', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(413).end('too large');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port, { method: 'POST' });
  sent.write(block);
  const incoming = await response;
  assert.equal(incoming.statusCode, 413);
  assert.equal(String((await once(incoming, 'data'))[0]), 'too large');
  sent.on('error', () => {});
  sent.end();
});

test('a backend that dies during an upload is a 502 that the client can read', async context => {
  const backend = await startBackend(context, incoming => {
    incoming.once('data', () => incoming.socket.destroy());
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { request: sent, response } = open(port, { method: 'POST' });
  sent.write(block);
  const incoming = await response;
  assert.equal(incoming.statusCode, 502);
  sent.end();
  assert.equal((await send(port, { host: 'other.localhost' })).status, 404);
});
