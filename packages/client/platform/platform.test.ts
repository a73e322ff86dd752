import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPlatformError, type PlatformError } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import { line, type StandIn, startStandIn } from '../testing/stand-in-server.ts';
import { findCredentials } from './credentials.ts';
import type { DeliveryStep } from './delivery-steps.ts';
import { connect } from './platform.ts';

type Json = Record<string, unknown>;

/** A server that keeps one service and streams what a test makes of it. */
class FakePlatform {
  readonly server: StandIn;
  readonly #watches = new Map<string, ServerResponse[]>();
  readonly #objects = new Map<string, Json>();
  #version = 1;
  ordered: Json = {};

  constructor(server: StandIn) {
    this.server = server;
  }

  static async start(): Promise<FakePlatform> {
    let platform: FakePlatform | undefined;
    const server = await startStandIn((request, response) =>
      platform?.answer(request.method, request.url, request.body, response),
    );
    platform = new FakePlatform(server);
    return platform;
  }

  put(plural: string, object: Json): void {
    const metadata = {
      namespace: 'default',
      uid: 'u',
      generation: 1,
      ...(object.metadata as Json),
      resourceVersion: String(++this.#version),
    };
    const stored = { apiVersion: 'causeway.dev/v1', ...object, metadata };
    this.#objects.set(plural, stored);
    for (const watch of this.#watches.get(plural) ?? [])
      watch.write(line({ type: 'MODIFIED', object: stored }));
  }

  watched(plural: string): boolean {
    return this.#watches.has(plural);
  }

  answer(method: string, url: URL, body: string, response: ServerResponse): void {
    const plural = url.pathname.split('/')[6] ?? '';
    if (url.searchParams.has('watch')) {
      const object = this.#objects.get(plural);
      if (object) response.write(line({ type: 'ADDED', object }));
      const metadata = {
        resourceVersion: String(this.#version),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      };
      response.write(line({ type: 'BOOKMARK', object: { metadata } }));
      this.#watches.set(plural, [...(this.#watches.get(plural) ?? []), response]);
    } else if (method === 'POST' && url.pathname.endsWith('/services')) {
      this.put('services', { kind: 'Service', ...JSON.parse(body) });
      response.end(JSON.stringify(this.#objects.get('services')));
    } else if (method === 'POST') response.end(JSON.stringify(this.ordered));
    else response.end(JSON.stringify(this.#objects.get(plural)));
  }
}

const start = async (t: { after(end: () => unknown): void }) => {
  const fake = await FakePlatform.start();
  const platform = await connect({ credentials: { server: fake.server.url, token: 't', team: 'default' } });
  t.after(async () => {
    await platform.close();
    await fake.server.close();
  });
  return { fake, platform };
};

const service = (status: Json): Json => ({ kind: 'Service', metadata: { name: 'orders' }, spec: {}, status });
const failure = {
  code: 'TestsFailed',
  message: 'npm test ended with 1',
  evidence: ['1 failing'],
  next: 'Correct the tests.',
};

test('createService resolves when the service runs, tells the steps, and says when it was decided', async t => {
  const { fake, platform } = await start(t);
  const steps: DeliveryStep[] = [];
  const creating = platform.createService({
    name: 'orders',
    description: 'Takes orders',
    decidedAt: new Date('2026-01-02T03:04:05Z'),
    onProgress: step => steps.push(step),
  });
  await until(
    'it is watched',
    () => fake.watched('services') && fake.watched('builds') && fake.watched('rollouts'),
  );
  fake.put('services', service({ phase: 'Building', cloneUrl: 'http://h/git/default/orders.git' }));
  fake.put('builds', {
    kind: 'Build',
    metadata: { name: 'orders.1' },
    spec: { service: 'orders', sequence: 1 },
    status: { phase: 'Running', steps: [{ name: 'install', state: 'Running', startedAt: '' }] },
  });
  fake.put(
    'services',
    service({ phase: 'Running', url: 'http://orders.localhost:7080', release: 'orders.1' }),
  );
  const created = await creating;

  assert.equal(created.status, 'running');
  assert.deepEqual(
    [created.name, created.team, created.url, created.release],
    ['orders', 'default', 'http://orders.localhost:7080', 'orders.1'],
  );
  assert.ok(steps.some(step => step.name === 'repository' && step.state === 'Succeeded'));
  const sent = JSON.parse(fake.server.requests[0]?.body ?? '');
  assert.equal(sent.metadata.annotations['causeway.dev/decided-at'], '2026-01-02T03:04:05.000Z');
  assert.deepEqual(sent.spec, { template: 'http-service', description: 'Takes orders' });
});

test('createService throws the cause and the evidence when its first release fails', async t => {
  const { fake, platform } = await start(t);
  const creating = platform.createService({ name: 'orders' });
  const refused = assert.rejects(creating, (error: PlatformError) => {
    assert.deepEqual([error.code, error.message, error.next], ['TestsFailed', failure.message, failure.next]);
    assert.deepEqual(error.evidence, failure.evidence);
    return true;
  });
  await until('it is watched', () => fake.watched('services'));
  fake.put('services', service({ phase: 'Failed', failure }));
  await refused;
});

test('a template that is not offered is said in the words of the condition', async t => {
  const { fake, platform } = await start(t);
  const refused = assert.rejects(
    platform.createService({ name: 'orders', template: 'rust' }),
    /There is no template 'rust'/,
  );
  await until('it is watched', () => fake.watched('services'));
  fake.put(
    'services',
    service({
      phase: 'Failed',
      conditions: [
        {
          type: 'RepositoryReady',
          status: 'False',
          reason: 'UnknownTemplate',
          message: "There is no template 'rust'.",
        },
      ],
    }),
  );
  await refused;
});

test('the template empty is done when its repository is ready', async t => {
  const { fake, platform } = await start(t);
  const creating = platform.createService({ name: 'orders', template: 'empty' });
  await until('it is watched', () => fake.watched('services'));
  fake.put(
    'services',
    service({
      phase: 'Pending',
      cloneUrl: 'c',
      conditions: [{ type: 'RepositoryReady', status: 'True', reason: 'Created', message: '' }],
    }),
  );
  assert.equal((await creating).status, 'pending');
});

test('a wait ends with the timeout, saying what it waits for, with the signal, and with a deletion', async t => {
  const { fake, platform } = await start(t);
  fake.put(
    'services',
    service({
      phase: 'Building',
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Building', message: 'orders.1 is being built.' },
      ],
    }),
  );
  fake.ordered = { spec: { sequence: 1 } };
  await assert.rejects(platform.deploy('orders', { timeoutMs: 200 }), (error: PlatformError) => {
    assert.equal(error.code, 'Timeout');
    assert.deepEqual(error.evidence, ['orders.1 is being built.']);
    return true;
  });
  const stopping = new AbortController();
  const stopped = assert.rejects(platform.deploy('orders', { signal: stopping.signal }), /enough/);
  stopping.abort(new Error('enough'));
  await stopped;
});

const rollout = (spec: Json, status: Json): Json => ({
  kind: 'Rollout',
  metadata: { name: 'orders.production' },
  spec: { service: 'orders', environment: 'production', attempt: 1, ...spec },
  status,
});

test('deploy waits for the release of its own sequence; the failure of an older attempt is history', async t => {
  const { fake, platform } = await start(t);
  fake.ordered = { spec: { sequence: 8 } };
  fake.put('services', service({ phase: 'Running', release: 'orders.7' }));
  fake.put(
    'rollouts',
    rollout(
      { release: 'orders.7', sequence: 7 },
      {
        phase: 'Serving',
        serving: { release: 'orders.7' },
        failed: { release: 'orders.7', sequence: 7, attempt: 0, failure },
      },
    ),
  );
  let done = false;
  const deploying = platform.deploy('orders', { ref: 'main' }).then(result => {
    done = true;
    return result;
  });
  await until('it is watched', () => fake.watched('services') && fake.watched('rollouts'));
  fake.put(
    'rollouts',
    rollout({ release: 'orders.8', sequence: 8 }, { phase: 'Starting', serving: { release: 'orders.7' } }),
  );
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.equal(done, false);
  fake.put(
    'rollouts',
    rollout({ release: 'orders.8', sequence: 8 }, { phase: 'Draining', serving: { release: 'orders.8' } }),
  );
  fake.put('services', service({ phase: 'Running', release: 'orders.8' }));
  assert.equal((await deploying).release, 'orders.8');
  const sent = fake.server.requests.find(request => request.method === 'POST');
  assert.equal(sent?.url.pathname, '/apis/causeway.dev/v1/namespaces/default/services/orders/deploy');
  assert.equal(sent?.body, '{"ref":"main"}');
});

test('deploy throws when the rollout fails and when something newer overtakes it', async t => {
  const { fake, platform } = await start(t);
  fake.ordered = { spec: { sequence: 8 } };
  fake.put('services', service({ phase: 'Running' }));
  fake.put(
    'rollouts',
    rollout(
      { release: 'orders.8', sequence: 8 },
      { phase: 'Failed', failed: { release: 'orders.8', sequence: 8, attempt: 1, failure } },
    ),
  );
  await assert.rejects(platform.deploy('orders'), error => isPlatformError(error, 'TestsFailed'));
  fake.put('rollouts', rollout({ release: 'orders.9', sequence: 9 }, { phase: 'Starting' }));
  await assert.rejects(platform.deploy('orders'), /orders.8 was not released: orders.9 is newer/);
});

test('rollback resolves when the release it asks for serves', async t => {
  const { fake, platform } = await start(t);
  fake.ordered = { spec: { sequence: 7, release: 'orders.6' } };
  fake.put('services', service({ phase: 'Running', release: 'orders.6' }));
  fake.put(
    'rollouts',
    rollout({ release: 'orders.6', sequence: 7 }, { phase: 'Serving', serving: { release: 'orders.6' } }),
  );
  assert.equal((await platform.rollback('orders', { to: '6' })).release, 'orders.6');
});

test('[PRO2] a promotion resolves when its environment serves, and throws what its gates wait for', async t => {
  const { fake, platform } = await start(t);
  const promotion = (status: Json): Json => ({
    metadata: { name: 'orders.staging', generation: 1 },
    spec: { release: 'orders.6', environment: 'staging' },
    status: { observedGeneration: 1, ...status },
  });
  fake.put('services', service({ phase: 'Running', release: 'orders.5' }));
  fake.put(
    'rollouts',
    rollout(
      { environment: 'staging', release: 'orders.6', sequence: 7 },
      { phase: 'Serving', serving: { release: 'orders.6' } },
    ),
  );
  fake.ordered = promotion({ phase: 'Promoted' });
  const wish = { to: 'staging', release: '6', approve: true };
  assert.equal((await platform.promote('orders', wish)).promotion.spec.release, 'orders.6');
  const sent = fake.server.requests.find(request => request.method === 'POST');
  assert.equal(sent?.body, '{"to":"staging","release":"6","approve":true}');
  fake.ordered = promotion({ phase: 'Waiting', waitsFor: [{ gate: 'eyes', message: 'eyes: ask bob.' }] });
  await assert.rejects(platform.promote('orders', wish), error => {
    assert.ok(isPlatformError(error, 'PromotionWaiting'));
    assert.deepEqual(error.evidence, ['eyes: ask bob.']);
    return true;
  });
});

test('names are checked before anything is sent', async t => {
  const { fake, platform } = await start(t);
  for (const name of ['Payments', 'a_b', '', '-a', '__proto__', 'a'.repeat(64), '../x'])
    await assert.rejects(platform.createService({ name }), error => isPlatformError(error, 'Invalid'), name);
  await assert.rejects(platform.createService({ name: 'a', team: 'A/B' }), error =>
    isPlatformError(error, 'Invalid'),
  );
  assert.equal(fake.server.requests.length, 0);
});

test('a service on *.localhost can be asked whatever the resolver thinks', async t => {
  const { fake, platform } = await start(t);
  const url = new URL(fake.server.url);
  fake.put('services', service({ phase: 'Running', url: `http://orders.default.localhost:${url.port}` }));
  const response = await (await platform.service('orders')).fetch('/apis/x/y/z/v/u/services');
  assert.equal(response.status, 200);
  assert.equal(fake.server.requests.at(-1)?.headers.host, `orders.default.localhost:${url.port}`);
});

test('credentials: variables, then login, then up; a stored token stays with its server', async t => {
  const home = await mkdtemp(join(tmpdir(), 'causeway credentials '));
  t.after(() => rm(home, { recursive: true }));
  await assert.rejects(findCredentials({ home, env: {} }), error => isPlatformError(error, 'NotRunning'));

  await mkdir(join(home, 'credentials'));
  const admin = { server: 'http://127.0.0.1:7070', user: 'root', token: 'of-admin' };
  await writeFile(join(home, 'credentials', 'admin.json'), JSON.stringify(admin));
  assert.deepEqual(await findCredentials({ home, env: {} }), { ...admin, team: 'default' });
  assert.deepEqual(await findCredentials({ env: { CAUSEWAY_HOME: home, CAUSEWAY_TEAM: 'shop' } }), {
    ...admin,
    team: 'shop',
  });

  const elsewhere = { CAUSEWAY_SERVER: 'https://causeway.example' };
  assert.deepEqual(await findCredentials({ home, env: elsewhere }), {
    server: 'https://causeway.example',
    team: 'default',
  });
  assert.equal(
    (await findCredentials({ home, env: { CAUSEWAY_SERVER: 'http://127.0.0.1:7070/' } })).token,
    'of-admin',
  );
  assert.equal(
    (await findCredentials({ home, env: { ...elsewhere, CAUSEWAY_TOKEN: 'mine' } })).token,
    'mine',
  );

  await writeFile(
    join(home, 'credentials', 'user.json'),
    JSON.stringify({ ...admin, user: 'eve', token: 'of-eve', team: 'shop' }),
  );
  assert.equal((await findCredentials({ home, env: {} })).user, 'eve');

  await writeFile(join(home, 'credentials', 'user.json'), '{"token": "of-e');
  await assert.rejects(findCredentials({ home, env: {} }), (error: PlatformError) => {
    assert.equal(error.code, 'DataUnusable');
    assert.ok(!`${error.message}${error.evidence}`.includes('of-e'), 'no part of a token in the error');
    return true;
  });
});
