import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  findCondition,
  type ObjectKey,
  PolicyKind,
  type Service,
  ServiceKind,
  type Source,
  SourceKind,
} from '@causeway/model';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { haveLookedAt } from '../forge/look-at.ts';
import { pushFiles } from '../testing/push-files.ts';

const system = { user: 'system:server', from: 'test' };
const shop = (name: string): ObjectKey => ({ namespace: 'shop', name });
const document = (kind: string, name: string, ...lines: string[]) =>
  [
    'apiVersion: causeway.dev/v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...lines.map(line => `  ${line}`),
    '',
  ].join('\n');
const request = (name: string, lifetime = '14d') =>
  document('EnvironmentRequest', name, `lifetime: ${lifetime}`, 'services: [{name: api}]');
const service = (name: string, replicas: number) => document('Service', name, `replicas: ${replicas}`);

describe('the files of a repository are made true', () => {
  let world: World;
  const peek = (name: string) => world.engine.store.peek(EnvironmentRequestKind, shop(name));
  const peekService = (name: string) => world.engine.store.peek(ServiceKind, shop(name));
  const sourceOf = (name: string) => world.engine.store.peek(SourceKind, shop(name));

  before(async () => {
    world = await createWorld();
    for (const name of ['api', 'second'])
      await world.engine.store.create(ServiceKind, { metadata: shop(name) }, alice);
    await world.until('the repositories', () =>
      ['api', 'second'].every(name =>
        findCondition(peekService(name)?.status?.conditions, 'RepositoryReady'),
      ),
    );
  });
  after(() => world.close());

  const push = async (name: string, files: Record<string, string>, by = 'alice'): Promise<string> => {
    const commit = await pushFiles(
      join(world.folder, 'shop', `${name}.git`),
      Object.fromEntries([
        ['index.html', 'hello'],
        ...Object.entries(files).map(([path, text]) => [`platform/${path}`, text]),
      ]),
      by,
    );
    world.nudge(name);
    return commit;
  };
  const readyOf = (source: Source | undefined) => findCondition(source?.status?.conditions, 'Ready');
  /** The source once it has looked at a commit. */
  const seen = (name: string, commit: string) =>
    world.until(`${name} to have applied ${commit}`, () => {
      const source = sourceOf(name);
      return source?.status?.commit === commit && source;
    });
  const change = (
    kind: typeof EnvironmentRequestKind | typeof ServiceKind,
    name: string,
    spec: object,
    actor = alice,
  ) =>
    world.engine.store.mutate(kind, shop(name), one => ({ ...one, spec: { ...one.spec, ...spec } }), actor);

  test('[SRC4] applied at each push, for whoever pushed; moved is not deleted; removed is', async () => {
    const first = await push(
      'api',
      { 'env.yaml': request('staging'), 'more/b.yaml': service('worker', 1) },
      'bob',
    );
    const source = await seen('api', first);
    assert.deepEqual(source.spec.service, 'api');
    assert.equal(source.status?.by, 'bob');
    assert.deepEqual(readyOf(source)?.message, `2 objects are as the files of ${first.slice(0, 10)} say.`);
    const staging = peek('staging') as EnvironmentRequest;
    assert.equal(staging.metadata.annotations?.['causeway.dev/source'], 'api');
    assert.equal(staging.metadata.annotations?.['causeway.dev/source-path'], 'platform/env.yaml');
    assert.equal(staging.metadata.annotations?.['causeway.dev/created-by'], 'bob');
    assert.equal(peekService('worker')?.spec.replicas, 1);

    const second = await push('api', {
      'moved.yaml': request('staging', '7d'),
      'more/b.yaml': service('worker', 1),
    });
    await seen('api', second);
    assert.equal(peek('staging')?.metadata.uid, staging.metadata.uid);
    assert.equal(peek('staging')?.spec.lifetime, '7d');
    assert.equal(peek('staging')?.metadata.annotations?.['causeway.dev/source-path'], 'platform/moved.yaml');

    const third = await push('api', { 'b.yaml': service('worker', 1) });
    await seen('api', third);
    await world.until('the request to go', () => !peek('staging'));
    assert.ok(peekService('worker'));
  });

  test('[SRC4] the file owns the fields that it states, and gives up those that it no longer states', async () => {
    await seen(
      'api',
      await push('api', { 'b.yaml': document('Service', 'worker', 'replicas: 1', 'description: It works.') }),
    );
    await change(ServiceKind, 'worker', { keepReleases: 5 });
    const commit = await push('api', { 'b.yaml': service('worker', 2) });
    await seen('api', commit);
    const { replicas, keepReleases, description } = (peekService('worker') as Service).spec;
    assert.deepEqual(
      { replicas, keepReleases, description },
      { replicas: 2, keepReleases: 5, description: undefined },
    );
  });

  test('[SRC5] what somebody changes otherwise is set back, or only reported', async () => {
    await change(ServiceKind, 'worker', { replicas: 7 });
    await world.until('it to be set back', () => peekService('worker')?.spec.replicas === 2);
    await world.engine.store.mutate(
      SourceKind,
      shop('api'),
      one => ({ ...one, spec: { ...one.spec, drift: 'report' } }),
      alice,
    );
    await change(ServiceKind, 'worker', { replicas: 7 });
    const drifted = await world.until('the drift to be reported', () => {
      const source = sourceOf('api');
      return readyOf(source)?.reason === 'Drifted' && source;
    });
    assert.equal(drifted.status?.documents?.[0]?.state, 'Drifted');
    assert.match(
      readyOf(drifted)?.message ?? '',
      /^Service\/worker \(platform\/b\.yaml\): .*spec\.replicas: 7 → 2/,
    );
    assert.equal(peekService('worker')?.spec.replicas, 7);
    await world.engine.store.mutate(
      SourceKind,
      shop('api'),
      one => ({ ...one, spec: { ...one.spec, drift: 'correct' } }),
      alice,
    );
    await world.until('it to be set back', () => peekService('worker')?.spec.replicas === 2);
  });

  test('[SRC6] two sources that say one object: the first keeps it, and both are named', async () => {
    const commit = await push('second', { 'mine.yaml': service('worker', 9), 'own.yaml': request('own') });
    const source = await seen('second', commit);
    assert.ok(peek('own'));
    assert.equal(peekService('worker')?.spec.replicas, 2);
    assert.equal(
      source.status?.documents?.find(({ name }) => name === 'worker')?.message,
      'Service/worker is said by platform/b.yaml of the source api already, and by platform/mine.yaml of second. Remove it from one of the two; until then api keeps it. To move it here as it is: kubectl annotate services worker -n shop --overwrite causeway.dev/source=second, push it here, and then remove it there.',
    );
    assert.equal(readyOf(source)?.reason, 'Refused');
  });

  test('[SRC6] what was there before is adopted when it is the same, and stays when its file goes', async () => {
    await world.engine.store.create(ServiceKind, { metadata: shop('old'), spec: { replicas: 3 } }, alice);
    const refused = await seen('second', await push('second', { 'old.yaml': service('old', 4) }));
    assert.match(refused.status?.documents?.[0]?.message ?? '', /is there already, was not made by a file/);
    assert.equal(peekService('old')?.spec.replicas, 3);
    await seen('second', await push('second', { 'old.yaml': service('old', 3) }));
    assert.equal(peekService('old')?.metadata.annotations?.['causeway.dev/source'], 'second');
    await seen('second', await push('second', { 'old.yaml': service('old', 5) }));
    assert.equal(peekService('old')?.spec.replicas, 5);
    await seen('second', await push('second', {}));
    await world.settle();
    assert.equal(peekService('old')?.metadata.deletionTimestamp, undefined);
    assert.equal(peekService('old')?.metadata.annotations?.['causeway.dev/source'], undefined);
  });

  test('[SRC6] what is handed over by hand waits for the file that says it, and stays when that goes', async () => {
    await world.engine.store.create(ServiceKind, { metadata: shop('handed'), spec: { replicas: 3 } }, alice);
    await seen('second', await push('second', {}));
    await world.engine.store.mutate(
      ServiceKind,
      shop('handed'),
      one => ({
        ...one,
        metadata: { ...one.metadata, annotations: { 'causeway.dev/source': 'second' } },
      }),
      alice,
    );
    await seen('second', await push('second', { 'other.yaml': service('beside', 0) }));
    await world.settle();
    assert.equal(peekService('handed')?.metadata.annotations?.['causeway.dev/source'], 'second');
    assert.equal(peekService('handed')?.metadata.deletionTimestamp, undefined);
    await seen('second', await push('second', { 'handed.yaml': service('handed', 4) }));
    assert.equal(peekService('handed')?.spec.replicas, 4);
    await seen('second', await push('second', {}));
    await world.settle();
    assert.equal(peekService('handed')?.spec.replicas, 4);
    assert.equal(peekService('handed')?.metadata.annotations?.['causeway.dev/source'], undefined);
  });

  test('[SRC6] an object is not deleted because of notes that somebody put on it', async () => {
    await world.engine.store.create(ServiceKind, { metadata: shop('noted') }, alice);
    const annotations = {
      'causeway.dev/source': 'second',
      'causeway.dev/source-path': 'platform/gone.yaml',
      'causeway.dev/source-stated': '{}',
    };
    await world.engine.store.mutate(
      ServiceKind,
      shop('noted'),
      one => ({ ...one, metadata: { ...one.metadata, annotations } }),
      { user: 'dan', from: 'test' },
    );
    await world.until(
      'it to be let go',
      () => peekService('noted')?.metadata.annotations?.['causeway.dev/source'] === undefined,
    );
    assert.equal(peekService('noted')?.metadata.deletionTimestamp, undefined);
  });

  test('[SRC7] a request whose environment has ended is not asked for again by its file', async () => {
    await seen('second', await push('second', { 'env.yaml': request('brief') }));
    await world.until('its environment', () => peek('brief')?.status?.environment);
    await world.engine.store.delete(EnvironmentKind, shop('brief'), alice);
    const told = await world.until('the end to be told', () =>
      sourceOf('second')?.status?.documents?.find(({ ended }) => ended !== undefined),
    );
    assert.equal(told.ended, peek('brief')?.status?.gone?.at);
    assert.match(told.message ?? '', /^Its environment ended at .*platform env recreate brief/);
    await world.engine.store.delete(EnvironmentRequestKind, shop('brief'), alice);
    await world.until('the request to go', () => !peek('brief'));
    await seen(
      'second',
      await push('second', { 'env.yaml': request('brief'), 'new.yaml': request('fresh') }),
    );
    await world.settle();
    assert.equal(peek('brief'), undefined);
    await seen('second', await push('second', { 'env.yaml': request('brief', '3d') }));
    assert.equal(peek('brief')?.spec.lifetime, '3d', 'a file that says something new asks again');
  });

  test('[SRC8] what a policy refuses is said in its words, and applied when the policy allows it', async () => {
    const { store } = world.engine;
    await store.create(
      PolicyKind,
      celPolicy('short', 'object.spec.lifetime != "60d"', { match: { kinds: ['EnvironmentRequest'] } }),
      alice,
    );
    await world.capabilities.policies.settled();
    const refused = await seen('second', await push('second', { 'env.yaml': request('long', '60d') }));
    assert.match(
      refused.status?.documents?.[0]?.message ?? '',
      /refused by policy:\n✘ short: .*\n {2}Why: It hurts/,
    );
    assert.equal(peek('long'), undefined);
    await store.delete(PolicyKind, { namespace: '', name: 'short' }, system);
    await world.until('the request', () => peek('long'));
  });

  test('[SRC8] while a file is wrong nothing of its commit is applied and nothing is deleted', async () => {
    const commit = await push('second', { 'a.yaml': request('fine'), 'wrong.yaml': 'kind: {' });
    await world.until('the fault to be told', () => readyOf(sourceOf('second'))?.reason === 'InvalidFiles');
    assert.match(
      readyOf(sourceOf('second'))?.message ?? '',
      new RegExp(`^platform/wrong\\.yaml:1: .* Until then nothing of ${commit.slice(0, 10)} is applied\\.$`),
    );
    assert.ok(peek('long') && !peek('fine'));
  });

  test('[SRC10] a repository elsewhere is looked at when somebody says so, and told to be unreachable', async () => {
    const { store } = world.engine;
    const repository = join(world.folder, 'shop', 'elsewhere.git');
    execFileSync('git', ['init', '-q', '--bare', repository]);
    const push = (files: Record<string, string>) => pushFiles(repository, files);
    const first = await push({ 'deploy/env.yaml': request('remote') });
    await store.create(
      SourceKind,
      {
        metadata: shop('elsewhere'),
        spec: { url: `file://${repository}`, folder: 'deploy', interval: '1h' },
      },
      alice,
    );
    const source = await seen('elsewhere', first);
    assert.equal(source.status?.by, 'alice');
    assert.ok(peek('remote'));
    const second = await push({ 'deploy/env.yaml': request('remote', '3d') });
    await haveLookedAt(store, source, 'a test');
    await seen('elsewhere', second);
    assert.equal(peek('remote')?.spec.lifetime, '3d');
    await store.mutate(
      SourceKind,
      shop('elsewhere'),
      one => ({ ...one, spec: { ...one.spec, branch: 'other' } }),
      alice,
    );
    await world.until('it to be told', () => readyOf(sourceOf('elsewhere'))?.reason === 'Unreachable');
    assert.ok(peek('remote'), 'what was applied stays');
    await store.delete(SourceKind, shop('elsewhere'), alice);
    await world.settle();
    assert.ok(peek('remote'), 'and stays when the source goes');
  });

  test('without the folder there is no source; at rest nothing is written', async () => {
    await world.engine.store.create(ServiceKind, { metadata: shop('plain') }, alice);
    await world.until('its repository', () =>
      findCondition(peekService('plain')?.status?.conditions, 'RepositoryReady'),
    );
    await push('plain', {});
    await world.until('its release', () => peekService('plain')?.status?.phase === 'Running');
    await world.settle();
    assert.equal(sourceOf('plain'), undefined);
    const { revision } = world.engine.reading();
    world.nudge('api');
    world.nudge('second');
    await world.settle();
    assert.equal(world.engine.reading().revision, revision);
  });
});
