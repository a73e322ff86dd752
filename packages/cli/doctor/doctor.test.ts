import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Build, Replica, Service } from '@causeway/model';
import { allChecks } from './all-checks.ts';
import { type Check, type Examined, ok } from './check.ts';
import { dataFolder } from './checks/data-folder.ts';
import { disk } from './checks/disk.ts';
import { driftOf } from './checks/drift.ts';
import { ports } from './checks/ports.ts';
import { processes } from './checks/processes.ts';
import { partsOf } from './checks/slow-deploys.ts';
import { examine } from './examine.ts';

const about: Omit<Examined, 'signal'> = { data: '/nowhere', env: {}, port: 7070, team: 'default' };
const { signal } = new AbortController();

test('one check that fails and one that hangs hold up no other', async () => {
  const checks: Check[] = [
    { name: 'good', run: async () => ok('fine') },
    {
      name: 'failing',
      run: async () => {
        throw new Error('broken');
      },
    },
    { name: 'hanging', run: () => new Promise(() => {}) },
  ];
  const found = await examine(checks, about, AbortSignal.timeout(50));
  assert.deepEqual(
    found.map(({ findings }) => findings[0]?.state),
    ['ok', 'problem', 'problem'],
  );
  assert.deepEqual(found[1]?.findings[0]?.evidence, ['broken']);
});

test('every check answers on a machine without a platform', async t => {
  const data = await mkdtemp(join(tmpdir(), 'causeway doctor '));
  t.after(() => rm(data, { recursive: true }));
  const found = await examine(allChecks, { ...about, data, port: 40_000 }, signal);
  assert.equal(found.length, allChecks.length);
  for (const { check, findings } of found) {
    assert.ok(findings.length > 0, check);
    for (const finding of findings)
      if (finding.state === 'warning' || finding.state === 'problem')
        assert.ok(finding.fix, `${check} says what to do`);
  }
});

test('a taken port is named with its owner', async t => {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise(resolve => server.close(resolve)));
  const { port } = server.address() as { port: number };
  const found = await ports.run({ ...about, port, signal });
  assert.ok('state' in found && found.state === 'problem');
  if (process.platform === 'linux')
    assert.match(found.evidence?.[0] ?? '', new RegExp(`^${port}: .*process ${process.pid}\\b`));
});

test('secrets that others can read are named, with the command that closes them', async t => {
  const data = await mkdtemp(join(tmpdir(), 'causeway-doctor-'));
  t.after(() => rm(data, { recursive: true }));
  await mkdir(join(data, 'credentials'));
  const secret = join(data, 'credentials', 'admin.json');
  await writeFile(secret, '{}', { mode: 0o600 });
  const state = async () => {
    const found = [await dataFolder.run({ ...about, data, signal })].flat()[0];
    return { state: found?.state, fix: found?.fix };
  };
  assert.equal((await state()).state, 'ok');
  await chmod(secret, 0o644);
  assert.deepEqual(await state(), { state: 'problem', fix: `chmod go-rwx ${secret}` });
});

test('the disk is judged by space and by a durable write, also before the folder exists', async t => {
  const data = await mkdtemp(join(tmpdir(), 'causeway-doctor-'));
  t.after(() => rm(data, { recursive: true }));
  const found = [await disk.run({ ...about, data: join(data, 'not', 'yet'), signal })].flat();
  assert.match(found[0]?.message ?? '', /GiB free/);
  assert.match(found[1]?.message ?? '', /durable write takes/);
});

test('a process that should run and does not is found', async () => {
  const found = [
    await processes.run({
      ...about,
      port: 9,
      signal,
      processes: [{ name: 'agent', pid: 2 ** 22 + 1, state: 'running' }],
    }),
  ].flat();
  assert.deepEqual(
    found.map(finding => finding.message),
    [
      'agent should run and does not.',
      'The API does not answer on port 9.',
      'The gateway does not answer on port 19.',
    ],
  );
});

const service = (
  replicas: number,
  generations: { now: number; observed: number } = { now: 1, observed: 1 },
): Service =>
  ({
    metadata: { name: 'orders', generation: generations.now },
    spec: { replicas },
    status: { release: 'orders.7', observedGeneration: generations.observed },
  }) as Service;

const replica = (phase: string, pid?: number, release = 'orders.7'): Replica =>
  ({
    metadata: { name: `orders.production.${release}` },
    spec: { service: 'orders', release, process: 'web', mode: 'service', stop: false },
    status: { phase, pid },
  }) as Replica;

test('drift: what is declared, what is said to be ready, and what the machine has', () => {
  const messages = (...given: Parameters<typeof driftOf>): string[] =>
    driftOf(...given).map(finding => finding.message);
  assert.deepEqual(
    messages(service(1), [replica('Ready', 1)], () => true),
    [],
  );
  assert.deepEqual(
    messages(service(2), [replica('Ready', 1), replica('Ready', 1, 'orders.6')], () => true),
    ['orders: 2 replicas are declared, 1 are ready.'],
  );
  assert.deepEqual(
    messages(service(1), [replica('Ready', 1)], () => false),
    ['orders: replicas are said to be ready, but their processes are gone.'],
  );
  assert.deepEqual(
    messages(service(1), [replica('Ready', 1)], undefined),
    [],
    'elsewhere processes cannot be seen',
  );
  assert.deepEqual(messages(service(1, { now: 3, observed: 2 }), [replica('Ready')], undefined), [
    'orders: its newest settings have not been taken up yet.',
  ]);
});

test('a build’s time is split into waiting and its steps', () => {
  const build = {
    metadata: { creationTimestamp: '2026-06-01T00:00:00Z' },
    status: {
      startedAt: '2026-06-01T00:00:05Z',
      steps: [
        {
          name: 'install',
          state: 'Succeeded',
          startedAt: '2026-06-01T00:00:05Z',
          finishedAt: '2026-06-01T00:00:45Z',
        },
      ],
    },
  } as Build;
  assert.deepEqual(partsOf(build), [
    ['waiting', 5],
    ['install', 40],
  ]);
});
