import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../packages/client/index.ts';
import {
  type ChangeRequest,
  ChangeRequestKind,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  ReplicaKind,
  RolloutKind,
  RouteKind,
} from '../packages/model/index.ts';
import { bareServer, get, type Platform, startPlatform } from '../test/e2e/harness.ts';
import type { BenchOptions } from './bench.ts';
import { percentile, spreadOf } from './figures.ts';

const team = 'default';
const names = ['measured-api', 'measured-worker'] as const;

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Between two looks of whoever waits: asking more often takes the processors from those that start. */
const lookAgainMs = 10;

/** The least it could take: both processes started, and both answer. */
const floorOnce = async (program: string): Promise<number> => {
  const started = performance.now();
  const children = await Promise.all(
    names.map(async () => {
      const port = await freePort();
      const child = spawn(process.execPath, [program], { env: { PORT: String(port) }, stdio: 'ignore' });
      for (;;) {
        const answer = await get(port, '127.0.0.1').catch(() => undefined);
        if (answer) return child;
        await new Promise(resolve => setTimeout(resolve, lookAgainMs));
      }
    }),
  );
  const took = performance.now() - started;
  for (const child of children) child.kill('SIGKILL');
  return took;
};

const clientOf = async ({ data, port }: Platform) => {
  const { token } = JSON.parse(await readFile(join(data, 'credentials', 'admin.json'), 'utf8')) as {
    token: string;
  };
  return createClient({ server: `http://127.0.0.1:${port}`, token });
};
type Client = Awaited<ReturnType<typeof clientOf>>;

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

const isReady = ({ status }: EnvironmentRequest): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Resolves when as many requests as named are what is asked for. */
const untilAll = async (
  client: Client,
  what: string,
  count: number,
  is: (request: EnvironmentRequest) => boolean,
): Promise<readonly EnvironmentRequest[]> => {
  const requests = client.resource(EnvironmentRequestKind);
  const deadline = performance.now() + 300_000;
  for (;;) {
    const { items } = await requests.list({ namespace: team });
    const found = items.filter(is);
    if (found.length >= count) return found;
    if (performance.now() > deadline)
      throw new Error(
        `${found.length} of ${count} ${what}: ${JSON.stringify(items.find(one => !is(one))?.status)}`,
      );
    await wait(20);
  }
};

/** A folder of a workload is named by the uid of its replica. */
const isWorkload = /^[0-9a-f-]{36}$/;

/** What is there of environments that end: nothing of it may be left behind. */
const remains = async (client: Client, data: string): Promise<Record<string, number>> => {
  const count = async (kind: typeof RolloutKind | typeof ReplicaKind | typeof RouteKind) =>
    (await client.resource(kind).list({ namespace: team })).items.filter(
      ({ spec }) => spec.environment !== 'production',
    ).length;
  const replicas = await client.resource(ReplicaKind).list({ namespace: team });
  const known = new Set(replicas.items.map(({ metadata }) => metadata.uid));
  const folders = await readdir(join(data, 'workloads'));
  return {
    rollouts: await count(RolloutKind),
    replicas: await count(ReplicaKind),
    routes: await count(RouteKind),
    environments: (await client.resource(EnvironmentKind).list({ namespace: team })).items.length - 1,
    workloads: folders.filter(name => isWorkload.test(name) && !known.has(name)).length,
  };
};
const nothing = (left: Record<string, number>): boolean => Object.values(left).every(count => count === 0);

const removeAll = async (client: Client, data: string): Promise<number> => {
  const requests = client.resource(EnvironmentRequestKind);
  const began = performance.now();
  const { items } = await requests.list({ namespace: team });
  await Promise.all(items.map(({ metadata }) => requests.delete(team, metadata.name)));
  const deadline = began + 300_000;
  for (;;) {
    const left = await remains(client, data);
    if (nothing(left)) return performance.now() - began;
    if (performance.now() > deadline) throw new Error(`left behind: ${JSON.stringify(left)}`);
    await wait(50);
  }
};

const ask = (client: Client, name: string, spec: Record<string, unknown>) =>
  client.resource(EnvironmentRequestKind).create(team, { metadata: { name }, spec } as never);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Resolves when both services answer in an environment. */
const untilBothAnswer = async (platform: Platform, environment: string): Promise<void> => {
  await Promise.all(
    names.map(async service => {
      for (;;) {
        const { status } = await platform.visit(`${service}.${environment}.${team}.localhost`);
        if (status === 200) return;
        await wait(lookAgainMs);
      }
    }),
  );
};

const ratiosOf = (ready: readonly number[], floors: readonly number[]): string =>
  `ratio of medians: ${(percentile(ready, 0.5) / percentile(floors, 0.5)).toFixed(2)} (aim ≤ 2), of p99: ${(percentile(ready, 0.99) / percentile(floors, 0.99)).toFixed(2)} (load ${loadavg()[0]?.toFixed(1)})`;

const fileFor = (environment: string): Record<string, string> => ({
  'platform/environment.yaml': JSON.stringify({
    apiVersion: 'causeway.dev/v1',
    kind: EnvironmentRequestKind.kind,
    metadata: { name: environment },
    spec: { services: names.map(service => ({ name: service })) },
  }),
});

/** How long it was from the request to ready, as its status says. */
const readyAfter = async (client: Client, environment: string): Promise<number> => {
  const [found] = await untilAll(
    client,
    'ready',
    1,
    request => request.metadata.name === environment && isReady(request),
  );
  return found?.status?.readyAfterMs ?? Number.NaN;
};

const succeeded = ({ code, stderr }: { code: number; stderr: string }): void => {
  if (code !== 0) throw new Error(stderr);
};

const toReleaseBranch = async (platform: Platform, clone: string): Promise<void> => {
  succeeded(await platform.git(clone, 'fetch', '-q', 'origin'));
  succeeded(await platform.git(clone, 'checkout', '-q', '-B', 'main', 'origin/main'));
};

/** The file that asked for it goes, and with it the environment. */
const withdraw = async (platform: Platform, client: Client, clone: string): Promise<void> => {
  await toReleaseBranch(platform, clone);
  succeeded(await platform.push(clone, { 'platform/environment.yaml': '' }));
  await removeAll(client, platform.data);
};

/** A file that asks for an environment is pushed to the release branch: the service is built and released as well. */
const pushToReady = async (
  platform: Platform,
  client: Client,
  clone: string,
  rounds: number,
): Promise<void> => {
  const ready: number[] = [];
  const sent: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const name = `pushed-${round}`;
    const began = performance.now();
    const pushing = platform.push(clone, fileFor(name));
    await untilBothAnswer(platform, name);
    ready.push(performance.now() - began);
    succeeded(await pushing);
    sent.push(await readyAfter(client, name));
    await withdraw(platform, client, clone);
  }
  console.log(`  commit and push of the file → both services answer:    ${spreadOf(ready)}`);
  console.log(`    of that from the request to ready, as its status says: ${spreadOf(sent)}`);
};

/** Pushes a branch with the file, and waits for a change request that can be merged. */
const proposed = async (
  platform: Platform,
  client: Client,
  clone: string,
  environment: string,
): Promise<ChangeRequest> => {
  const branch = `asks-for-${environment}`;
  await toReleaseBranch(platform, clone);
  succeeded(await platform.git(clone, 'checkout', '-q', '-B', branch));
  // Commits on the branch; main, which it pushes, has nothing new.
  succeeded(await platform.push(clone, fileFor(environment)));
  succeeded(await platform.git(clone, 'push', '-o', 'change', 'origin', branch));
  for (const deadline = performance.now() + 60_000; ; await wait(20)) {
    const { items } = await client.resource(ChangeRequestKind).list({ namespace: team });
    const change = items.find(({ spec }) => spec.source === branch);
    if (change?.status?.mergeable?.ready) return change;
    if (performance.now() > deadline) throw new Error(`no change request: ${JSON.stringify(change)}`);
  }
};

/** A change request with the file is merged, which is a push as well: the service is built and released beside. */
const mergeToReady = async (
  platform: Platform,
  client: Client,
  clone: string,
  program: string,
  rounds: number,
): Promise<void> => {
  const floors: number[] = [];
  const ready: number[] = [];
  const sent: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const name = `merged-${round}`;
    const { metadata } = await proposed(platform, client, clone, name);
    floors.push(await floorOnce(program));
    const began = performance.now();
    const merging = client.action(ChangeRequestKind, team, metadata.name, 'merge', { method: 'merge' });
    await untilBothAnswer(platform, name);
    ready.push(performance.now() - began);
    await merging;
    sent.push(await readyAfter(client, name));
    await withdraw(platform, client, clone);
  }
  console.log(`  floor (as above, between the merges):                   ${spreadOf(floors)}`);
  console.log(`  change request merged → both services answer:          ${spreadOf(ready)}`);
  console.log(`    of that from the request to ready, as its status says: ${spreadOf(sent)}`);
  console.log(`  ${ratiosOf(ready, floors)}`);
};

const requestToReady = async (
  platform: Platform,
  client: Client,
  program: string,
  rounds: number,
): Promise<void> => {
  const floors: number[] = [];
  const ready: number[] = [];
  const removed: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floors.push(await floorOnce(program));
    const name = `ready-${round}`;
    const began = performance.now();
    await ask(client, name, { services: names.map(service => ({ name: service })) });
    await untilBothAnswer(platform, name);
    ready.push(performance.now() - began);
    removed.push(await removeAll(client, platform.data));
  }
  console.log(`  floor (the same two processes started and answering): ${spreadOf(floors)}`);
  console.log(`  request → both services answer by their URLs:          ${spreadOf(ready)}`);
  console.log(`  request deleted → nothing of it is left:               ${spreadOf(removed)}`);
  console.log(`  ${ratiosOf(ready, floors)}`);
};

const manyAtOnce = async (platform: Platform, client: Client, count: number): Promise<void> => {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      ask(client, `many-${index}`, { services: [{ name: names[0] }] }),
    ),
  );
  const asked = performance.now() - began;
  const found = await untilAll(client, 'ready', count, isReady);
  const took = performance.now() - began;
  const failed = found.filter(({ status }) => status?.progress?.some(({ step }) => step === 'Failed')).length;
  const each = found.map(({ status }) => status?.readyAfterMs ?? 0);
  console.log(
    `  ${count} requests at once: all accepted after ${seconds(asked)}, all ready after ${seconds(took)}, ${failed} failed; each: ${spreadOf(each)} (load ${loadavg()[0]?.toFixed(1)})`,
  );
  const removed = await removeAll(client, platform.data);
  console.log(`  all ${count} deleted: nothing of them is left after ${seconds(removed)}`);
};

const manyExpire = async (platform: Platform, client: Client, count: number): Promise<void> => {
  const end = Date.now() + 30_000 + count * 20;
  let next = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < count) {
        const name = `ends-${next++}`;
        const lifetime = `${end - Date.now()}ms`;
        await ask(client, name, { lifetime, services: [{ name: names[0], replicas: 0 }] });
      }
    }),
  );
  const there = await untilAll(client, 'there', count, ({ status }) => status?.expiresAt !== undefined);
  const ends = there.map(({ status }) => Date.parse(status?.expiresAt ?? ''));
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const gone = await untilAll(client, 'gone', count, ({ status }) => status?.phase === 'Gone');
  const late = gone.map(
    ({ status }) => Date.parse(status?.gone?.at ?? '') - Date.parse(status?.expiresAt ?? ''),
  );
  const left = await remains(client, platform.data);
  console.log(
    `  ${count} that end within ${last - first} ms of each other: from its end until nothing is left of each: ${spreadOf(late)}; early: ${late.filter(ms => ms < 0).length}; left behind: ${JSON.stringify(left)}`,
  );
  await removeAll(client, platform.data);
};

/** From the request to the environment, many at once, and their end; on a real platform with real processes. */
export const run = async ({ quick }: BenchOptions): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-floor-'));
  const platform = await startPlatform();
  try {
    const program = join(folder, 'server.js');
    await writeFile(program, bareServer('floor')['server.js'] ?? '');
    const clones: string[] = [];
    for (const name of names) {
      await platform.cli('create', 'service', '--name', name, '--template', 'empty');
      const clone = await platform.clone(name, {});
      clones.push(clone);
      const pushed = await platform.push(clone, bareServer(name));
      if (pushed.code !== 0) throw new Error(pushed.stderr);
    }
    const client = await clientOf(platform);
    await requestToReady(platform, client, program, quick ? 10 : 30);
    await pushToReady(platform, client, clones[0] ?? '', quick ? 5 : 20);
    await mergeToReady(platform, client, clones[0] ?? '', program, quick ? 5 : 20);
    await manyAtOnce(platform, client, quick ? 30 : 100);
    await manyExpire(platform, client, quick ? 200 : 1000);
  } finally {
    await platform.down();
    await rm(folder, { recursive: true, force: true });
  }
};
