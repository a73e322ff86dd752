import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { listenersOf, listenersOn, parseListeners } from './listening-ports.ts';

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

test('listening sockets are read, established ones are not', () => {
  const text = [
    header,
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0',
    '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1',
    '',
  ].join('\n');
  assert.deepEqual(parseListeners(text), [{ host: '127.0.0.1', port: 8080, inode: '4711', uid: 0 }]);
});

test('IPv6 addresses are written short', () => {
  const line = (address: string) =>
    `   0: ${address}:0BB8 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 9 1 0 100 0 0 10 0`;
  assert.equal(parseListeners(line('00000000000000000000000001000000'))[0]?.host, '::1');
  assert.equal(parseListeners(line('00000000000000000000000000000000'))[0]?.host, '::');
});

test('the listeners of a process are found by the sockets it holds', async t => {
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  assert.ok(
    listenersOf([process.pid]).some(listener => listener.port === port && listener.host === '127.0.0.1'),
  );
  assert.ok(!listenersOf([process.ppid]).some(listener => listener.port === port));
});

test('every listener is found, however many there are and whatever connections follow', async t => {
  const sockets: Socket[] = [];
  const servers: Server[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });
  for (const host of Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? '127.0.0.1' : '::1'))) {
    const server = createServer(socket => sockets.push(socket));
    servers.push(server);
    await new Promise<void>(resolve => server.listen(0, host, resolve));
    const { port } = server.address() as { port: number };
    sockets.push(connect({ host, port }));
  }
  for (const server of servers) {
    const { port, address } = server.address() as { port: number; address: string };
    // The same port of the other address may be somebody else's.
    assert.ok(listenersOn(port).some(({ host }) => host === address));
  }
});
