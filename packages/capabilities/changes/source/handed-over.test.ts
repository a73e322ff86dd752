import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  findCondition,
  ServiceKind,
  SourceKind,
} from '@causeway/model';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { planFor } from '../plan/plan-for.ts';
import { pushFiles } from '../testing/push-files.ts';

const shop = (name: string) => ({ namespace: 'shop', name });
const request = (name: string, lifetime = '1d') =>
  `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: ${name}\nspec:\n  lifetime: ${lifetime}\n  services: [{name: api}]\n`;

describe('[SRC13] a file that moves to another repository', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    for (const name of ['api', 'web', 'fresh'])
      await world.engine.store.create(ServiceKind, { metadata: shop(name) }, alice);
    await world.until('the repositories', () =>
      ['api', 'web', 'fresh'].every(name =>
        findCondition(
          world.engine.store.peek(ServiceKind, shop(name))?.status?.conditions,
          'RepositoryReady',
        ),
      ),
    );
  });
  after(() => world.close());

  const write = (name: string, files: Record<string, string>) =>
    pushFiles(join(world.folder, 'shop', `${name}.git`), { 'index.html': 'x', ...files }, 'alice');
  const push = async (name: string, files: Record<string, string>) => {
    const commit = await write(name, files);
    world.nudge(name);
    await world.until(`${name} to have applied it`, () => sourceOf(name)?.status?.commit === commit);
  };
  const sourceOf = (name: string) => world.engine.store.peek(SourceKind, shop(name));
  const peek = (name: string) => world.engine.store.peek(EnvironmentRequestKind, shop(name));
  const ownerOf = (name: string) => peek(name)?.metadata.annotations?.['causeway.dev/source'];
  const handOver = (name: string, source: string) =>
    world.engine.store.mutate(
      EnvironmentRequestKind,
      shop(name),
      ({ metadata, ...one }) => ({
        ...one,
        metadata: { ...metadata, annotations: { ...metadata.annotations, 'causeway.dev/source': source } },
      }),
      alice,
    );

  /** What a commit that nobody has looked at yet would do to an object. */
  const planOf = async (service: string, object: string, files: Record<string, string>) => {
    const commit = await write(service, files);
    const plan = await planFor(world.capabilities, { team: 'shop', service, commit, by: 'alice' });
    return plan?.changes.find(({ name }) => name === object);
  };

  test('is told what its going would take along, and how to move it', async () => {
    await push('api', { 'platform/a.yaml': request('staging'), 'platform/b.yaml': request('other') });
    await world.until('the environment', () => world.engine.store.peek(EnvironmentKind, shop('staging')));
    const deleted = await planOf('api', 'staging', { 'platform/b.yaml': request('other') });
    assert.equal(deleted?.action, 'delete');
    assert.match(
      deleted?.warnings?.join() ?? '',
      /^This removes the environment staging with all that runs in it\. .*kubectl annotate environmentrequests staging -n shop --overwrite causeway\.dev\/source=SOURCE/,
    );
    const second = await planOf('web', 'staging', { 'platform/a.yaml': request('staging') });
    assert.match(
      second?.problems?.join() ?? '',
      /To move it here as it is: kubectl annotate environmentrequests staging/,
    );
  });

  test('goes on when it is handed over by hand, pushed there, and then removed here', async () => {
    await push('api', { 'platform/a.yaml': request('staging') });
    const { uid } = peek('staging')?.metadata ?? {};
    await push('web', { 'platform/other.yaml': request('web-staging') });
    await handOver('staging', 'web');
    world.nudge('web');
    await world.settle();
    assert.equal(ownerOf('staging'), 'web', 'it is kept for the files to come');
    const both = {
      'platform/other.yaml': request('web-staging'),
      'platform/a.yaml': request('staging', '2d'),
    };
    await push('web', both);
    await push('api', {});
    await world.settle();
    assert.deepEqual([peek('staging')?.metadata.uid, ownerOf('staging')], [uid, 'web']);
    assert.equal(peek('staging')?.spec.lifetime, '2d');
    await push('web', { 'platform/other.yaml': request('web-staging') });
    await world.until('it to go with its new file', () => !peek('staging'));
  });

  test('goes on in a repository that has had no such file before', async () => {
    await push('api', { 'platform/a.yaml': request('early') });
    const { uid } = peek('early')?.metadata ?? {};
    await handOver('early', 'fresh');
    // Whatever has the first repository looked at meanwhile.
    const more = { 'platform/a.yaml': request('early'), 'platform/b.yaml': request('beside') };
    await push('api', more);
    assert.equal(ownerOf('early'), 'fresh');
    assert.equal(
      (await planOf('fresh', 'early', { 'platform/a.yaml': request('early') }))?.action,
      'unchanged',
    );
    await push('fresh', { 'platform/a.yaml': request('early') });
    await push('api', {});
    await world.settle();
    assert.deepEqual([peek('early')?.metadata.uid, ownerOf('early')], [uid, 'fresh']);
  });

  test('goes on by itself where the other repository says it already', async () => {
    await push('api', { 'platform/a.yaml': request('shared') });
    const { uid } = peek('shared')?.metadata ?? {};
    const repository = join(world.folder, 'shop', 'elsewhere.git');
    execFileSync('git', ['init', '-q', '--bare', repository]);
    await pushFiles(repository, { 'platform/a.yaml': request('shared', '3d') });
    await world.engine.store.create(
      SourceKind,
      { metadata: shop('elsewhere'), spec: { url: `file://${repository}` } },
      alice,
    );
    await world.until('it to be told', () =>
      sourceOf('elsewhere')?.status?.documents?.some(({ state }) => state === 'Refused'),
    );
    const plan = await planOf('api', 'shared', {});
    assert.match(plan?.warnings?.join() ?? '', /^It goes on by the files of the source elsewhere/);
    await push('api', {});
    await world.until('the other to have it', () => peek('shared')?.spec.lifetime === '3d');
    assert.deepEqual([peek('shared')?.metadata.uid, ownerOf('shared')], [uid, 'elsewhere']);
  });
});
