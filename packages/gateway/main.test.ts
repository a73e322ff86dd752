import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { startLoad } from './testing/load.ts';
import { makeRoute } from './testing/make-route.ts';
import { PlatformServer, startPlatformServer } from './testing/platform-server.ts';
import { open, send } from './testing/send.ts';
import { startBackend } from './testing/start-backend.ts';
import { gatewayMain, startProcess } from './testing/start-process.ts';

const megabyte = 1024 * 1024;
const residentMegabytes = async (metricsPort: number): Promise<number> => {
  const { body } = await send(metricsPort, { path: '/metrics' });
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(body)?.[1]) / megabyte;
};

test('it serves what it last knew while the server is away, and follows the server when that comes', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('old'));
  const server = new PlatformServer();
  await server.start();
  await server.stop();
  context.after(() => server.stop());
  const begun = performance.now();
  const gateway = await startProcess(context, {
    routes: [makeRoute({ backends: [backend] })],
    server: server.port,
  });
  context.diagnostic(`serving after ${(performance.now() - begun).toFixed(0)} ms`);
  assert.equal((await send(gateway.port)).body, 'old');
  assert.equal((await send(gateway.metricsPort, { path: '/readyz' })).status, 200);
  const young = await startBackend(context, (_incoming, response) => response.end('young'));
  server.put(makeRoute({ generation: 2, backends: [young] }));
  await server.start();
  await until('the new route serves', async () => (await send(gateway.port)).body === 'young');
  await until('it is acknowledged', () => server.patches.length > 0);
  const saved = () => readFileSync(join(gateway.data, 'gateway', 'routes.json'), 'utf8');
  await until('it is saved', () => saved().includes(young.address));
});

test('killing the server under load drops no request', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const server = await startPlatformServer(context);
  server.put(makeRoute({ backends: [backend] }));
  const gateway = await startProcess(context, { server: server.port });
  await until('it serves', async () => (await send(gateway.port)).status === 200);
  const load = startLoad({ port: gateway.port, perSecond: 300, keepAlive: true });
  await until('load', () => (load.outcomes.get('200') ?? 0) > 50);
  await server.stop();
  await until('more load', () => (load.outcomes.get('200') ?? 0) > 200);
  await load.stop();
  assert.deepEqual([...load.outcomes.keys()], ['200']);
});

test('200 MB go up and 200 MB come down through little memory', async context => {
  const total = 200 * megabyte;
  const block = Buffer.alloc(64 * 1024, 'x');
  function* blocks(): Generator<Buffer> {
    for (let sent = 0; sent < total; sent += block.length) yield block;
  }
  let uploaded = 0;
  const backend = await startBackend(context, (incoming, response) => {
    incoming.on('data', chunk => {
      uploaded += chunk.length;
    });
    incoming.on('end', () => Readable.from(blocks()).pipe(response));
  });
  const gateway = await startProcess(context, { routes: [makeRoute({ backends: [backend] })] });
  await send(gateway.port, { method: 'HEAD' });
  const before = await residentMegabytes(gateway.metricsPort);
  let peak = before;
  let measuring = true;
  const measure = (async () => {
    while (measuring) peak = Math.max(peak, await residentMegabytes(gateway.metricsPort));
  })();
  const { request: sent, response } = open(gateway.port, { method: 'POST' });
  Readable.from(blocks()).pipe(sent);
  let downloaded = 0;
  for await (const chunk of await response) downloaded += chunk.length;
  measuring = false;
  await measure;
  assert.equal(uploaded, total);
  assert.equal(downloaded, total);
  context.diagnostic(`resident ${before.toFixed(0)} MB before, ${peak.toFixed(0)} MB at most`);
  assert.ok(peak - before < 100, `grew by ${(peak - before).toFixed(0)} MB`);
});

test('the pid file names it, and no secret or address of a backend is told anywhere', async context => {
  const gateway = await startProcess(context, {
    routes: [makeRoute({ backends: [{ address: '127.0.0.1:9' }] })],
  });
  assert.equal(gateway.pid(), gateway.child.pid);
  const answer = await send(gateway.port);
  assert.equal(answer.status, 502);
  assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /127\.0\.0\.1:9/);
  assert.doesNotMatch(gateway.errors(), /secret/);
  assert.ok(!readFileSync(`/proc/${gateway.child.pid}/cmdline`, 'utf8').includes('secret'));
});

test('it outlives whoever read its messages', async context => {
  const backend = await startBackend(context, (_incoming, response) => response.end('ok'));
  const server = await startPlatformServer(context);
  server.put(makeRoute({ backends: [backend] }));
  const gateway = await startProcess(context, { server: server.port });
  gateway.child.stderr!.destroy();
  // A hand-over has something to say.
  const first = gateway.pid();
  process.kill(first, 'SIGUSR2');
  await until('another process has taken over', () => gateway.pid() !== first);
  assert.equal((await send(gateway.port)).body, 'ok');
});

test('settings that make no sense are said in words', () => {
  const start = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [gatewayMain], { env: environment, encoding: 'utf8', timeout: 180_000 });
  const noFolder = start({});
  assert.equal(noFolder.status, 1);
  assert.match(noFolder.stderr, /CAUSEWAY_DATA is not set/);
  const noPort = start({ CAUSEWAY_DATA: '/nonexistent', CAUSEWAY_PORT: '70000' });
  assert.equal(noPort.status, 1);
  assert.match(noPort.stderr, /CAUSEWAY_PORT/);
  assert.ok(!existsSync('/nonexistent'));
});

test('a taken port is said in words', async context => {
  const gateway = await startProcess(context, { routes: [] });
  const second = spawnSync(process.execPath, [gatewayMain], {
    env: { CAUSEWAY_DATA: gateway.data, CAUSEWAY_PORT: String(gateway.port - 10) },
    encoding: 'utf8',
    timeout: 180_000,
  });
  assert.equal(second.status, 1);
  assert.match(second.stderr, new RegExp(`listens on 127\\.0\\.0\\.1:${gateway.port} already`));
  assert.equal(gateway.pid(), gateway.child.pid);
});
