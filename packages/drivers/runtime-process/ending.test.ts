import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpSettings } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { PortAllocator } from './port-allocator.ts';
import { processesOf } from './process-tree.ts';
import { ask, bench, isFailed, isReady, isRunning, jsonServer, never } from './testing/bench.ts';

/** Starts a grandchild in a session of its own, whose parent ends at once; answers with its number. */
const forking = (environment: string) =>
  jsonServer(`
    const line = 'setsid sleep 1000 >/dev/null 2>&1 & echo $!; exit';
    const { stdout } = require('node:child_process').spawnSync('/bin/sh', ['-c', line], { env: ${environment} });
    const answer = () => Number(stdout);
  `);

describe('ends of workloads', { concurrency: 4 }, () => {
  test('what it forked, in another session and with no parent, does not outlive it', async t => {
    const { open, workload, reaches } = await bench(t);
    const runtime = await open();
    const orders = await workload(forking('process.env'));
    await runtime.start(orders, never);
    const { address } = await reaches(runtime, orders.id, isReady);
    const grandchild = Number(await ask(address!));
    const seen = runtime.isolation === 'bubblewrap' ? undefined : grandchild;
    if (seen) assert.ok(isRunning(seen));
    await runtime.stop(orders.id, 5000, never);
    if (seen) assert.ok(!isRunning(seen));
  });

  test('not even when it threw its environment away', async t => {
    const { place, open, workload, reaches } = await bench(t);
    if (place.limits !== true) return t.skip(place.limits);
    const runtime = await open();
    const orders = await workload(forking('{ PATH: process.env.PATH }'));
    await runtime.start(orders, never);
    const { address } = await reaches(runtime, orders.id, isReady);
    const grandchild = Number(await ask(address!));
    assert.ok(isRunning(grandchild));
    await runtime.stop(orders.id, 5000, never);
    assert.ok(!isRunning(grandchild));
  });

  test('what a crashed program leaves behind is ended before it starts again', async t => {
    const { open, workload, reaches } = await bench(t);
    const runtime = await open();
    const source = jsonServer(`
      const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
      const answer = ({ url }) => { if (url === '/crash') process.abort(); return child.pid; };
    `);
    const orders = await workload(source);
    await runtime.start(orders, never);
    const { address } = await reaches(runtime, orders.id, isReady);
    const child = Number(await ask(address!));
    await ask(address!, '/crash').catch(() => {});
    await reaches(runtime, orders.id, state => isReady(state) && state.restarts === 1);
    if (runtime.isolation !== 'bubblewrap') assert.ok(!isRunning(child));
  });

  test('a start that is stopped at any moment leaves nothing behind', async t => {
    const { open, workload } = await bench(t);
    const runtime = await open();
    const source = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    await Promise.all(
      [0, 1, 2, 4, 8, 16].map(async afterMs => {
        const orders = await workload(source);
        await runtime.start(orders, never);
        await sleep(afterMs);
        await runtime.stop(orders.id, 0, never);
        assert.deepEqual(processesOf({ id: orders.id, shim: undefined }), []);
      }),
    );
  });

  test('readiness is lost when it answers badly, and comes back', async t => {
    const { open, workload, reaches } = await bench(t);
    const runtime = await open({ timing: { healthEveryMs: 20, settleMs: 200 } });
    const source = `
      let status = 200;
      require('node:http').createServer((request, response) => {
        if (request.url === '/break') { status = 503; setTimeout(() => { status = 200; }, 2500); }
        response.statusCode = status;
        response.end('status ' + status);
      }).listen(process.env.PORT);
    `;
    const orders = await workload(source, { http: HttpSettings.parse({ healthPath: '/up' }) });
    await runtime.start(orders, never);
    const { address, pid } = await reaches(runtime, orders.id, isReady);
    await ask(address!, '/break');
    const { failure } = await reaches(runtime, orders.id, state => state.phase === 'Starting');
    assert.equal(failure?.code, 'Unhealthy');
    const again = await reaches(runtime, orders.id, isReady);
    assert.deepEqual([again.pid, again.restarts, again.failure], [pid, 0, undefined]);
  });

  test('a program that insists on its port gets it, alone', async t => {
    const { open, workload, reaches } = await bench(t);
    const runtime = await open();
    const ports = new PortAllocator({ first: 18_000, last: 21_999 });
    const port = await ports.take('test', undefined);
    ports.release('test');
    const http = HttpSettings.parse({ port });
    const source = `require('node:http').createServer((_, response) => response.end('me')).listen(${port});`;
    const [first, second] = [await workload(source, { http }), await workload(source, { http })];
    await runtime.start(first, never);
    const { address } = await reaches(runtime, first.id, isReady);
    assert.equal(address, `127.0.0.1:${port}`);
    await runtime.start(second, never);
    const { failure } = await reaches(runtime, second.id, isFailed);
    assert.equal(failure?.code, 'PortInUse');
    assert.match(failure!.message, new RegExp(`${port} .*${first.name.replaceAll('.', '\\.')}`));
    await runtime.stop(first.id, 5000, never);
    await runtime.stop(second.id, 5000, never);
    await runtime.start(second, never);
    await reaches(runtime, second.id, isReady);
  });

  test('a port that another program was faster to take is left to it', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const runtime = await open();
    // Takes the port of the first run before the program, which does not mind, comes to it.
    const source = `setTimeout(() => require('node:http').createServer((_, response) => response.end('me'))
      .on('error', () => {}).listen(process.env.PORT, process.env.HOST), 300);`;
    const orders = await workload(source);
    await runtime.start(orders, never);
    const record = await until('its record', () =>
      readFile(join(place.data, 'workloads', orders.id, 'workload.json'), 'utf8')
        .then(text => JSON.parse(text) as { port?: number })
        .catch(() => undefined),
    );
    const stranger = createServer((_, response) => response.end('stranger'));
    await new Promise<void>(resolve => stranger.listen(record.port, '127.0.0.1', resolve));
    t.after(() => stranger.close());
    const { address, restarts } = await reaches(runtime, orders.id, isReady);
    assert.notEqual(address, `127.0.0.1:${record.port}`);
    assert.deepEqual([await ask(address!), restarts], ['me', 1]);
  });

  test('an artifact that is gone', async t => {
    const { open, workload, reaches } = await bench(t);
    const runtime = await open();
    const orders = await workload('', { artifact: 'a'.repeat(64) });
    await runtime.start(orders, never);
    assert.equal((await reaches(runtime, orders.id, isFailed)).failure?.code, 'StartFailed');
  });

  test('a name or an id that leads elsewhere is refused', async t => {
    const { open, workload } = await bench(t);
    const runtime = await open();
    const orders = await workload('');
    await assert.rejects(runtime.start({ ...orders, id: '../x' }, never), /cannot name a workload/);
    await assert.rejects(runtime.start({ ...orders, team: '../x' }, never), /names no replica/);
  });
});
