import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessRuntime, type ProcessRuntime } from '@causeway/drivers';
import { HttpSettings, PlatformError, type Replica, ReplicaKind } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { MemoryPlatform } from '../builds/testing/memory-platform.ts';
import { type RunReplicasOptions, runReplicas, stopEverything } from './run-replicas.ts';

const digest = 'd'.repeat(64);
const never = new AbortController().signal;

type Client = RunReplicasOptions['client'];

/** An API that can be away: patches are refused then, and changes are not told until it is back. `phases` are those reported. */
const throughNetwork = (client: Client): { client: Client; away: boolean; phases: unknown[] } => {
  const network = {
    away: false,
    phases: [] as unknown[],
    client: {
      ...client,
      resource: ((kind: never) => {
        const resource = client.resource(kind);
        return {
          ...resource,
          patchStatus: async (...args: Parameters<typeof resource.patchStatus>) => {
            if (network.away) throw new PlatformError('Unavailable', 'The platform cannot be reached.');
            network.phases.push((args[2] as { status: { phase: unknown } }).status.phase);
            return resource.patchStatus(...args);
          },
        };
      }) as Client['resource'],
    },
  };
  return network;
};

const setUp = async (t: TestContext) => {
  const data = mkdtempSync(join(tmpdir(), 'causeway agent-'));
  const artifact = join(data, 'artifacts', digest);
  mkdirSync(artifact, { recursive: true });
  writeFileSync(
    join(artifact, 'server.js'),
    `require('node:http').createServer((_, response) => response.end('hello')).listen(process.env.PORT, process.env.HOST);`,
  );
  const platform = new MemoryPlatform();
  const network = throughNetwork(platform.client);
  const lines: string[] = [];
  let runtime: ProcessRuntime;
  let ending: AbortController;
  let ended: Promise<void>;

  const open = () =>
    createProcessRuntime({ data, timing: { settleMs: 500 }, restarts: { firstDelayMs: 50 } });
  const start = async (): Promise<void> => {
    runtime = await open();
    ending = new AbortController();
    await new Promise<void>(onReady => {
      const { client } = network;
      const log = (line: string) => void lines.push(line);
      ended = runReplicas({ client, runtime, agentName: 'local', signal: ending.signal, onReady, log });
    });
  };
  const stop = async (): Promise<void> => {
    ending.abort();
    await ended;
    await runtime.close();
  };
  await start();
  t.after(async () => {
    await stop();
    const last = await open();
    for (const { id } of await last.list()) await last.remove(id, never);
    await last.close();
    rmSync(data, { recursive: true, force: true });
  });

  const add = (name: string, spec: Partial<Replica['spec']> = {}, status: Replica['status'] = {}): Replica =>
    platform.add(ReplicaKind, {
      metadata: { name: `orders.production.1-${name}`, namespace: 'shop' },
      spec: {
        service: 'orders',
        environment: 'production',
        release: 'orders.1',
        configuration: 'c',
        process: 'web',
        index: 0,
        mode: 'service',
        command: 'sleep 1000',
        artifact: { digest, builder: 'node', processes: {}, variables: { FROM: 'build' } },
        variables: { GREETING: 'hello' },
        resources: { cpu: '1', memory: '128Mi' },
        stop: false,
        ...spec,
      },
      status,
    }) as unknown as Replica;

  const read = async ({ metadata }: Replica): Promise<Replica> =>
    platform.client.resource(ReplicaKind).get(metadata.namespace ?? '', metadata.name);
  const reaches = (replica: Replica, wanted: (status: NonNullable<Replica['status']>) => boolean) =>
    until(
      `${replica.metadata.name} to be so`,
      async () => {
        const { status = {} } = await read(replica);
        return wanted(status) && status;
      },
      { seen: async () => (await read(replica)).status },
    );
  const known = async (replica: Replica) =>
    (await runtime.list()).find(({ id }) => id === replica.metadata.uid);
  return {
    data,
    platform,
    network,
    lines,
    add,
    read,
    reaches,
    known,
    start,
    stop,
    runtimeNow: () => runtime,
  };
};

const isReady = (status: NonNullable<Replica['status']>): boolean => status.phase === 'Ready';

const untilGone = (look: () => Promise<unknown>): Promise<true> =>
  until('it to be gone', async () => (await look()) === undefined);

describe('replicas of a machine', { concurrency: 2 }, () => {
  test('a start that takes its time is told, one that is over at once is told with its end', async t => {
    const { add, reaches, network } = await setUp(t);
    const quick = add('quick-0', { command: 'true', mode: 'once' });
    await reaches(quick, ({ phase }) => phase === 'Succeeded');
    const told = network.phases.splice(0);
    const slow = add('slow-0', { command: 'sleep 1000' });
    await reaches(slow, ({ phase }) => phase === 'Ready');
    assert.deepEqual(network.phases, ['Starting', 'Ready']);
    assert.equal(told.at(-1), 'Succeeded');
  });

  test('a replica is started, reported once per change, and removed with its object', async t => {
    const { platform, add, reaches, known } = await setUp(t);
    const replica = add('web-0', { command: 'node server.js', http: HttpSettings.parse({}) });
    const status = await reaches(replica, isReady);
    assert.equal(status.agent, 'local');
    assert.match(status.address!, /^127\.0\.0\.1:\d+$/);
    assert.equal(status.conditions?.[0]?.type, 'Isolated');
    const { writes } = platform;
    await sleep(200);
    assert.equal(platform.writes, writes, 'a status that says so already is not written again');
    platform.delete(ReplicaKind, replica);
    await untilGone(() => known(replica));
  });

  test('a failure is reported with its cause', async t => {
    const { add, reaches } = await setUp(t);
    const replica = add('worker-0', { command: 'echo "no queue" >&2; exit 3' });
    const { failure, exitCode } = await reaches(replica, ({ phase }) => phase === 'Failed');
    assert.deepEqual([failure?.code, exitCode], ['ProcessExited', 3]);
    assert.ok(failure!.evidence.includes('no queue'));
  });

  test('variables of the build and of the service reach it, the service’s win', async t => {
    const { data, add, reaches } = await setUp(t);
    const replica = add('release-0', {
      mode: 'once',
      command: 'echo "$FROM $GREETING"',
      variables: { FROM: 'service', GREETING: 'hi' },
    });
    await reaches(replica, ({ phase }) => phase === 'Succeeded');
    const log = join(data, 'logs', 'replicas', 'shop', `${replica.metadata.name}.log`);
    assert.equal(readFileSync(log, 'utf8'), 'service hi\n');
  });

  test('a replica that is to stop stops, and its object stays', async t => {
    const { platform, add, read, reaches } = await setUp(t);
    const replica = add('worker-0');
    await reaches(replica, isReady);
    platform.change(ReplicaKind, { ...(await read(replica)), spec: { ...replica.spec, stop: true } });
    const status = await reaches(replica, ({ phase }) => phase === 'Stopped');
    assert.equal(status.pid, undefined);
    const another = add('worker-1', { stop: true });
    await reaches(another, ({ phase }) => phase === 'Stopped');
  });

  test('a command that has run is not run again, though nothing here remembers it', async t => {
    const { add, known, read } = await setUp(t);
    const done = add('release-0', { mode: 'once', command: 'exit 1' }, { phase: 'Succeeded', exitCode: 0 });
    await sleep(200);
    assert.equal(await known(done), undefined);
    assert.deepEqual((await read(done)).status, { phase: 'Succeeded', exitCode: 0 });
  });

  test('a spec that is no workload is reported, not tried for ever', async t => {
    const { platform, add, reaches } = await setUp(t);
    const replica = add('worker-0', { artifact: { digest: 'gone', builder: 'node', processes: {} } });
    const { failure } = await reaches(replica, ({ phase }) => phase === 'Failed');
    assert.equal(failure?.code, 'StartFailed');
    const { writes } = platform;
    await sleep(300);
    assert.equal(platform.writes, writes);
  });

  test('workloads go on without an agent; the next one adopts them and converges', async t => {
    const { platform, add, reaches, start, stop, known } = await setUp(t);
    const [kept, gone] = [add('worker-0'), add('worker-1')];
    const { pid } = await reaches(kept, isReady);
    const last = await reaches(gone, isReady);
    await stop();
    platform.delete(ReplicaKind, gone);
    process.kill(pid!, 0);
    process.kill(last.pid!, 0);
    await start();
    await untilGone(() => known(gone));
    const status = await reaches(kept, isReady);
    assert.deepEqual([status.pid, status.restarts], [pid, 0]);
  });

  test('while the server is away workloads go on, and what became of them is reported after', async t => {
    const { network, lines, add, read, reaches, known } = await setUp(t);
    const replica = add('worker-0', { command: 'sleep 1000' });
    const { pid } = await reaches(replica, isReady);
    network.away = true;
    process.kill(pid!, 'SIGKILL');
    await until('it to be restarted', async () => (await known(replica))?.restarts === 1);
    assert.equal((await read(replica)).status?.restarts, 0);
    network.away = false;
    await reaches(replica, status => isReady(status) && status.restarts === 1);
    assert.deepEqual(lines, [], 'that the server is away is no news of each replica');
  });

  test('down stops everything', async t => {
    const { add, reaches, runtimeNow } = await setUp(t);
    const replica = add('worker-0');
    await reaches(replica, isReady);
    await stopEverything(runtimeNow(), never);
    await reaches(replica, ({ phase }) => phase === 'Stopped');
  });
});
