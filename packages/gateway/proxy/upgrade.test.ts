import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { makeRoute } from '../testing/make-route.ts';
import { sendRaw } from '../testing/send.ts';
import { deadAddress, startBackend } from '../testing/start-backend.ts';
import { startGateway } from '../testing/start-gateway.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
const upgradeRequest =
  'GET /socket?room=1 HTTP/1.1\r\nHost: shop.localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n' +
  `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n\r\n`;

/** A backend that switches protocols and hands its side of the connection to the test. */
const startSwitching = async (context: TestContext, onSocket: (socket: Socket) => void) => {
  const seen: Record<string, unknown>[] = [];
  const backend = await startBackend(context, (_incoming, response) => response.end('plain'));
  backend.server.on('upgrade', (incoming, socket, head) => {
    seen.push({ url: incoming.url, ...incoming.headers });
    socket.on('error', () => {});
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    onSocket(socket as Socket);
  });
  return { ...backend, seen };
};

/** Connects, sends, and collects everything that comes. */
const dial = (context: TestContext, port: number, bytes: string) => {
  const received = { text: '' };
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.write(bytes));
  context.after(() => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', chunk => {
    received.text += chunk.toString('latin1');
  });
  return { socket, received };
};

test('a WebSocket is switched and echoes, with everything the two sides said about it', async context => {
  const backend = await startSwitching(context, socket => socket.pipe(socket));
  const { port, gateway, source } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  // The first frame comes in the same packet as the request.
  const { socket, received } = dial(context, port, `${upgradeRequest}first`);
  await until('the first frame', () => received.text.endsWith('first'));
  assert.match(received.text, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(
    received.text,
    new RegExp(`sec-websocket-accept: ${accept.replace(/[+/]/g, '\\$&')}\r\n`, 'i'),
  );
  assert.match(received.text, /sec-websocket-protocol: chat\r\n/i);
  assert.match(received.text, /\r\nupgrade: websocket\r\n/i);
  for (const word of ['second', 'third']) {
    socket.write(word);
    await until(word, () => received.text.endsWith(word));
  }
  const [seen] = backend.seen;
  assert.equal(seen!.url, '/socket?room=1');
  assert.equal(seen!['sec-websocket-key'], key);
  assert.equal(seen!.upgrade, 'websocket');
  assert.equal(seen!['x-forwarded-for'], '127.0.0.1');
  assert.equal(source.first.length, 1);
  const [route] = gateway.router.routes;
  assert.equal(route!.metrics.inFlight, 1);
  socket.end();
  await once(socket, 'close');
  await until('nothing is in flight', () => route!.metrics.inFlight === 0);
});

test('a megabyte goes through both ways', async context => {
  const backend = await startSwitching(context, socket => socket.pipe(socket));
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { socket, received } = dial(context, port, upgradeRequest);
  await until('101', () => received.text.includes('\r\n\r\n'));
  const head = received.text.length;
  socket.write(Buffer.alloc(1024 * 1024, 'x'));
  await until('all of it', () => received.text.length === head + 1024 * 1024);
});

test('the client may end its direction first', async context => {
  let heard = '';
  const backend = await startSwitching(context, socket => {
    socket.on('data', chunk => {
      heard += chunk;
    });
    socket.on('end', () => setTimeout(() => socket.end('last words'), 30));
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { socket, received } = dial(context, port, upgradeRequest);
  await until('101', () => received.text.includes('\r\n\r\n'));
  socket.end('goodbye');
  await once(socket, 'end');
  assert.equal(heard, 'goodbye');
  assert.ok(received.text.endsWith('last words'), received.text);
});

test('the backend may end its direction first', async context => {
  let heard = '';
  let ended = false;
  const backend = await startSwitching(context, socket => {
    socket.on('data', chunk => {
      heard += chunk;
    });
    socket.on('end', () => {
      ended = true;
    });
    socket.end('that is all');
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const { socket, received } = dial(context, port, upgradeRequest);
  await once(socket, 'end');
  assert.ok(received.text.endsWith('that is all'), received.text);
  socket.end('still here');
  await until('the rest', () => ended && heard === 'still here');
});

test('when one side breaks, so does the other', async context => {
  const closed: string[] = [];
  let theirs: Socket | undefined;
  const backend = await startSwitching(context, socket => {
    theirs = socket;
    socket.resume().on('close', () => closed.push('backend'));
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const first = dial(context, port, upgradeRequest);
  await until('101', () => first.received.text.includes('\r\n\r\n'));
  first.socket.resetAndDestroy();
  await until('the backend notices', () => closed.length === 1);
  const second = dial(context, port, upgradeRequest);
  await until('101', () => second.received.text.includes('\r\n\r\n'));
  theirs!.resetAndDestroy();
  await until('the client notices', () => second.socket.closed);
});

test('a backend that does not switch answers as usual', async context => {
  const backend = await startBackend(context, (_incoming, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end('who are you?');
  });
  // Node answers an upgrade request that nobody listens for as an ordinary one.
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const answer = await sendRaw(port, upgradeRequest);
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /connection: close\r\n/i);
  assert.match(answer, /who are you\?/);
});

test('problems are answered to upgrade requests too', async context => {
  const { port } = await startGateway(context, [makeRoute({ backends: [{ address: await deadAddress() }] })]);
  assert.match(await sendRaw(port, upgradeRequest), /^HTTP\/1\.1 502 .*\r\n[\s\S]*problem\+json/);
  const unknown = upgradeRequest.replace('shop.localhost', 'other.localhost');
  assert.match(await sendRaw(port, unknown), /^HTTP\/1\.1 404 /);
});

test('h2c, and upgrades with a body, are served as ordinary requests', async context => {
  const backend = await startBackend(context, (incoming, response) => {
    response.end(`${incoming.headers.upgrade} ${incoming.headers['http2-settings']}`);
  });
  const { port } = await startGateway(context, [makeRoute({ backends: [backend] })]);
  const h2c =
    'GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n' +
    'HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n';
  assert.match(await sendRaw(port, h2c), /^HTTP\/1\.1 200 [\s\S]*undefined undefined$/);
  const body =
    'POST / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nab';
  assert.match(await sendRaw(port, body), /^HTTP\/1\.1 200 [\s\S]*undefined undefined$/);
});
