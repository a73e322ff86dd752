import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureCertificates } from './certificate-files.ts';
import { createListener, type Listener } from './listener.ts';

const idleMs = 300;

describe('slow and silent clients', () => {
  let folder: string;
  let listener: Listener;
  let port: number;
  let readAfterMs = 0;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-keys-'));
    listener = createListener(
      async (request, response) => {
        let bytes = 0;
        if (readAfterMs > 0) await sleep(readAfterMs);
        request.on('error', () => {});
        request.on('data', chunk => {
          bytes += chunk.length;
        });
        request.on('end', async () => {
          if (request.url === '/slow') await sleep(idleMs * 2);
          response.end(`got ${bytes}`);
        });
      },
      await ensureCertificates(folder, [], Date.now()),
      { headersMs: 500, checkEveryMs: 100, bodyIdleMs: idleMs },
    );
    port = await listener.listen(0, '127.0.0.1');
  });
  after(async () => {
    await listener.close(100);
    await rm(folder, { recursive: true, force: true });
  });

  const connect = async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    let said = '';
    socket.setEncoding('utf8').on('data', chunk => {
      said += chunk;
    });
    await once(socket, 'connect');
    return { socket, said: () => said, closed: once(socket, 'close') };
  };
  const head = (length: number, url = '/') =>
    `POST ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;

  test('a body that comes slowly is never cut off', async () => {
    const { socket, said, closed } = await connect();
    socket.write(head(20));
    const began = performance.now();
    for (let index = 0; index < 20; index += 1) {
      await sleep(idleMs / 6);
      socket.write('x');
    }
    await closed;
    assert.ok(performance.now() - began > idleMs * 2);
    assert.match(said(), /200 OK[\s\S]*got 20$/);
  });

  test('a body of which nothing more comes is', async () => {
    const { socket, said, closed } = await connect();
    socket.write(`${head(20)}x`);
    await closed;
    assert.equal(said(), '');
  });

  test('a handler that is slow to read or to answer costs nobody the request', async () => {
    readAfterMs = idleMs * 3;
    const unread = await connect();
    unread.socket.write(head(1_000_000));
    unread.socket.write('x'.repeat(1_000_000));
    await unread.closed;
    readAfterMs = 0;
    assert.match(unread.said(), /got 1000000$/);
    const slow = await connect();
    slow.socket.write(`${head(1, '/slow')}x`);
    await slow.closed;
    assert.match(slow.said(), /got 1$/);
  });

  test('a client that never ends its headers is sent away', async () => {
    const { socket, said, closed } = await connect();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X-More: 1\r\n'), 50);
    await closed;
    clearInterval(drip);
    assert.match(said(), /^HTTP\/1\.1 408 /);
  });
});
