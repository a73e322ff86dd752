import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@causeway/testkit/until';
import { startLoad } from '../testing/load.ts';
import { makeRoute } from '../testing/make-route.ts';
import { startPlatformServer } from '../testing/platform-server.ts';
import { open, send } from '../testing/send.ts';
import { startBackend } from '../testing/start-backend.ts';
import { startProcess } from '../testing/start-process.ts';

const key = 'retail/shop.production';

for (const keepAlive of [true, false])
  test(`an upgrade under load drops no request, ${keepAlive ? 'with' : 'without'} keep-alive`, async context => {
    const backend = await startBackend(context, (_incoming, response) =>
      setTimeout(() => response.end('ok'), 3),
    );
    const server = await startPlatformServer(context);
    server.put(makeRoute({ backends: [backend] }));
    const gateway = await startProcess(context, { server: server.port });
    await until('it serves', async () => (await send(gateway.port)).status === 200);
    const first = gateway.pid();
    const load = startLoad({ port: gateway.port, perSecond: 300, keepAlive });
    await sleep(400);
    process.kill(first, 'SIGUSR2');
    await until('another process has taken over', () => gateway.pid() !== first);
    await sleep(800);
    await load.stop();
    assert.deepEqual([...load.outcomes.keys()], ['200'], JSON.stringify([...load.outcomes]));
    assert.ok(load.outcomes.get('200')! > 150);
    await until('the old process ends', () => gateway.child.exitCode !== null);
    assert.equal(gateway.child.exitCode, 0);
    assert.equal((await send(gateway.port)).body, 'ok');
    assert.equal((await send(gateway.metricsPort, { path: '/readyz' })).status, 200);
  });

test('[ENV20] a service is reached by its address through an upgrade, and after it without the server', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const server = await startPlatformServer(context);
  const address = '127.80.1.2';
  server.put(makeRoute({ backends: [backend], address }));
  const gateway = await startProcess(context, { server: server.port });
  const ask = () => send(gateway.port, { address, host: `${address}:${gateway.port}` });
  const answers = async (): Promise<boolean> => {
    const status = await ask().then(
      one => one.status,
      () => 0,
    );
    return status === 200;
  };
  await until('it serves', answers);
  const first = gateway.pid();
  const outcomes: string[] = [];
  let done = false;
  const asking = (async () => {
    while (!done) outcomes.push(await ask().then(one => one.body, String));
  })();
  process.kill(first, 'SIGUSR2');
  await until('another process has taken over', () => gateway.pid() !== first);
  await until('the old process ends', () => gateway.child.exitCode !== null);
  done = true;
  await asking;
  assert.deepEqual([...new Set(outcomes)], ['ok']);
  const other = '127.80.1.3';
  server.put(makeRoute({ generation: 2, backends: [backend], address: other }));
  await until('the new address leads there', async () => {
    const sent = send(gateway.port, { address: other }).catch(() => undefined);
    return (await sent)?.status === 200;
  });
  await assert.rejects(ask(), { code: 'ECONNREFUSED' });
});

test('a request that was under way at the old process is answered, and counts as draining until then', async context => {
  let finish = (): void => {};
  const old = await startBackend(context, (_incoming, response) => {
    response.write('begun, ');
    finish = () => response.end('done');
  });
  const young = await startBackend(context, (_incoming, response) => response.end('young'));
  const server = await startPlatformServer(context);
  server.put(makeRoute({ backends: [old] }));
  const gateway = await startProcess(context, { server: server.port });
  const mine = () => server.routes.get(key)!.status?.gateways?.[0];
  await until('acknowledged', () => mine()?.observedGeneration === 1);
  const { request: sent, response } = open(gateway.port);
  sent.end();
  const incoming = (await response).setEncoding('utf8');
  let body = '';
  incoming.on('data', chunk => {
    body += chunk;
  });
  const first = gateway.pid();
  process.kill(first, 'SIGUSR2');
  await until('another process has taken over', () => gateway.pid() !== first);
  server.put(makeRoute({ generation: 2, backends: [young] }));
  await until('acknowledged by both', () => mine()?.observedGeneration === 2);
  assert.deepEqual(mine()?.draining, [old.address]);
  assert.equal((await send(gateway.port)).body, 'young');
  finish();
  await once(incoming, 'end');
  assert.equal(body, 'begun, done');
  await until('drained', () => mine()?.draining.length === 0);
});

test('[ENV16] a request that waits at the old process for what sleeps is answered once that is awake', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('awake'));
  const server = await startPlatformServer(context);
  server.put(makeRoute({ asleep: true }));
  const gateway = await startProcess(context, { server: server.port });
  const waiting = send(gateway.port);
  await until('it is told that one waits', () => server.routes.get(key)!.status?.waiting !== undefined);
  const first = gateway.pid();
  process.kill(first, 'SIGUSR2');
  await until('another process has taken over', () => gateway.pid() !== first);
  server.put(makeRoute({ generation: 2, backends: [backend] }));
  const answer = await waiting;
  assert.equal(answer.body, 'awake');
  assert.equal(answer.headers.connection, 'close');
  assert.equal((await send(gateway.port)).body, 'awake');
});

test('when the new process does not come up, the old one serves on', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const broken = join(tmpdir(), `causeway-broken-${process.pid}.mjs`);
  context.after(() => rmSync(broken));
  writeFileSync(broken, 'process.exit(3)');
  const gateway = await startProcess(context, {
    routes: [makeRoute({ backends: [backend] })],
    environment: { CAUSEWAY_GATEWAY_MAIN: broken },
  });
  process.kill(gateway.pid(), 'SIGUSR2');
  await until('it is said', () => gateway.errors().includes('Not replaced, serving on'));
  assert.equal((await send(gateway.port)).body, 'ok');
  assert.equal(gateway.pid(), gateway.child.pid);
});

/** Whether anybody accepts connections on the port. */
const accepts = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

test('SIGTERM answers what is under way, asks to close, and ends', async context => {
  const waiting: (() => void)[] = [];
  const backend = await startBackend(context, (_incoming, response) => {
    waiting.push(() => response.end('done'));
  });
  const gateway = await startProcess(context, { routes: [makeRoute({ backends: [backend] })] });
  const slow = send(gateway.port, { headers: { connection: 'keep-alive' } });
  await until('it is at the backend', () => waiting.length === 1);
  gateway.child.kill('SIGTERM');
  await until('nothing new is accepted', async () => !(await accepts(gateway.port)));
  waiting[0]!();
  const answer = await slow;
  assert.equal(answer.body, 'done');
  assert.equal(answer.headers.connection, 'close');
  await until('it ends', () => gateway.child.exitCode !== null);
  assert.equal(gateway.child.exitCode, 0);
});
