import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Workload } from '@causeway/contracts';
import { until } from '@causeway/testkit/until';
import { identify } from './process-identity.ts';
import { signal } from './process-tree.ts';
import { ask, bench, isFailed, isReady, isRunning, jsonServer, never } from './testing/bench.ts';

const agentProcess = fileURLToPath(new URL('./testing/agent-process.ts', import.meta.url));

/** Counts aloud; ends with code 5 when asked to. */
const counting = jsonServer(`
let count = 0;
setInterval(() => console.log('tick ' + ++count), 5);
const answer = ({ url }) => { if (url === '/end') setTimeout(() => process.exit(5), 20); return count; };
`);

/** An agent that has the workload running, killed without warning. */
const startAndKill = async (data: string, workload: Workload): Promise<void> => {
  const agent = spawn(process.execPath, [agentProcess, data, JSON.stringify(workload)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(agent.stdout, 'data');
  agent.kill('SIGKILL');
  await once(agent, 'exit');
};

describe('workloads and the death of the agent', { concurrency: 4 }, () => {
  test('a workload goes on and writes its log; the next agent adopts it', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const orders = await workload(counting);
    await startAndKill(place.data, orders);
    const ticks = async () => (await place.log(orders)).split('\n').slice(0, -1);
    const { length } = await ticks();
    await until('more lines', async () => (await ticks()).length > length + 20);

    const runtime = await open();
    const adopted = await reaches(runtime, orders.id, isReady);
    assert.equal(adopted.restarts, 0);
    assert.ok(Number(await ask(adopted.address!)) > 20);
    const now = (await ticks()).length;
    await until('still more lines', async () => (await ticks()).length > now + 20);
    const all = await ticks();
    assert.deepEqual(
      all,
      all.map((_, at) => `tick ${at + 1}`),
      'no line is missing',
    );
  });

  test('an end that nobody watched is found, with its exit code', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const { http: _, ...given } = await workload('setTimeout(() => process.exit(6), 400)', { mode: 'once' });
    // It is not ready ever, so the agent is killed once the program runs.
    const agent = spawn(process.execPath, [agentProcess, place.data, JSON.stringify(given)], {
      stdio: 'inherit',
    });
    const folder = join(place.data, 'workloads', given.id);
    await until('its start', () => readFile(join(folder, 'main.1'), 'utf8').catch(() => undefined));
    agent.kill('SIGKILL');
    await until('its end', () => readFile(join(folder, 'exit.1'), 'utf8').catch(() => undefined));
    const runtime = await open();
    const state = await reaches(runtime, given.id, isFailed);
    assert.deepEqual([state.exitCode, state.restarts], [6, 0]);
  });

  test('a service that ended meanwhile is started again at the same port', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const orders = await workload(counting);
    await startAndKill(place.data, orders);
    const record = JSON.parse(
      await readFile(join(place.data, 'workloads', orders.id, 'workload.json'), 'utf8'),
    );
    await ask(record.state.address, '/end');
    await until('it to end', () => !isRunning(record.state.pid));
    const runtime = await open();
    const state = await reaches(runtime, orders.id, found => isReady(found) && found.restarts === 1);
    assert.equal(state.address, record.state.address);
  });

  test('an adopted workload that ends is noticed within a moment', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const orders = await workload(counting);
    await startAndKill(place.data, orders);
    const runtime = await open({ restarts: { firstDelayMs: 2000 }, timing: { pollMs: 600_000 } });
    const { address, pid } = await reaches(runtime, orders.id, isReady);
    await ask(address!, '/end');
    await until('it to end', () => !isRunning(pid!));
    // The folder is watched: the look now and then would come after ten minutes.
    const state = await reaches(runtime, orders.id, found => found.phase === 'Starting');
    assert.equal(state.exitCode, 5);
  });

  test('a process that took over the number is never signalled', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const orders = await workload(counting);
    const runtime = await open();
    await runtime.start(orders, never);
    const { pid } = await reaches(runtime, orders.id, isReady);
    await runtime.close();

    // As after a restart of the machine: what ran is gone, and its number, as session and group too, is a stranger's.
    const folder = join(place.data, 'workloads', orders.id);
    const shim = Number.parseInt(await readFile(join(folder, 'process.1'), 'utf8'), 10);
    for (const gone of [shim, pid!]) signal(gone, 'SIGKILL');
    await until('both to end', () => !isRunning(shim) && !isRunning(pid!));
    const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    t.after(() => stranger.kill('SIGKILL'));
    const identity = identify(stranger.pid!)!;
    const stat = await readFile(`/proc/${stranger.pid}/stat`, 'utf8');
    const older = stat.trim().replace(` ${identity.startTime} `, ` ${identity.startTime - 1} `);
    await writeFile(join(folder, 'process.1'), `${older}\n${identity.boot}\n`);
    await writeFile(join(folder, 'main.1'), `${stranger.pid}\n`);

    const next = await open();
    await reaches(next, orders.id, state => isReady(state) && state.restarts === 1);
    await next.stop(orders.id, 100, never);
    assert.ok(isRunning(stranger.pid!));
  });

  test('a stop that the agent’s death interrupted is completed by the next stop', async t => {
    const { place, open, workload, reaches } = await bench(t);
    const orders = await workload(counting);
    await startAndKill(place.data, orders);
    const file = join(place.data, 'workloads', orders.id, 'workload.json');
    const record = JSON.parse(await readFile(file, 'utf8'));
    record.wanted = false;
    record.state.phase = 'Stopping';
    await writeFile(file, JSON.stringify(record));
    const runtime = await open();
    await runtime.stop(orders.id, 5000, never);
    await reaches(runtime, orders.id, state => state.phase === 'Stopped');
    assert.ok(!isRunning(record.state.pid));
  });
});
