import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HttpSettings } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { ask, bench, isReady, jsonServer, never } from './testing/bench.ts';

test('memory, processes and, once it is ready, CPU time are limited; nothing is left behind', async t => {
  const { place, open, workload, reaches } = await bench(t);
  if (place.limits !== true) return t.skip(place.limits);
  const runtime = await open();
  const orders = await workload(jsonServer('const answer = () => process.pid;'), {
    // Little: beneath a cgroup with less time than a workload's, no limit of its own can be set.
    resources: { cpu: '100m', memory: '128Mi' },
    http: HttpSettings.parse({}),
  });
  await runtime.start(orders, never);
  const { address } = await reaches(runtime, orders.id, isReady);
  const pid = await ask(address!);
  const record = JSON.parse(readFileSync(join(place.data, 'workloads', orders.id, 'workload.json'), 'utf8'));
  const { version, folders } = record.cgroup;
  const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8').trim();
  await until('its process to be in there', () =>
    read(folders.memory, 'cgroup.procs').split('\n').includes(pid),
  );
  const memory = version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  assert.equal(read(folders.memory, memory), String(128 * 1024 * 1024));
  if (folders.pids) assert.equal(read(folders.pids, 'pids.max'), '2048');
  if (folders.cpu && version === 1) assert.equal(read(folders.cpu, 'cpu.cfs_quota_us'), '10000');
  if (folders.cpu && version === 2) assert.equal(read(folders.cpu, 'cpu.max'), '10000 100000');
  await runtime.stop(orders.id, 5000, never);
  for (const folder of Object.values<string>(folders)) assert.ok(!existsSync(folder));
});
