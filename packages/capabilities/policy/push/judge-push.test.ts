import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Service, ServiceKind } from '@causeway/model';
import { createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';
import { judgePushedChange, type PushedFile, type PushedRef } from './judge-push.ts';

const after = 'b'.repeat(40);
const main: PushedRef = { ref: 'refs/heads/main', before: 'a'.repeat(40), after, kind: 'update', files: [] };

describe('[POL3] a push is judged before anybody sees it', () => {
  let world: PolicyWorld;
  let service: Service;
  let read: string[];
  beforeEach(async () => {
    world = await createPolicyWorld();
    read = [];
    service = await world.engine.store.create(
      ServiceKind,
      { metadata: { namespace: 'shop', name: 'orders' }, spec: {} },
      { user: 'system:server' },
    );
  });
  afterEach(() => world.close());

  const file = (path: string, text: string, size = text.length): PushedFile => ({
    path,
    size,
    read: async () => {
      read.push(path);
      return text;
    },
  });
  const judge = (files: readonly PushedFile[] = [], refs: readonly PushedRef[] = [main]) =>
    judgePushedChange(
      { engine: world.engine, policies: world.registry },
      { service, user: 'ada', refs, files },
    );
  const recorded = async () =>
    (await world.engine.decisions.read({ place: 'push', limit: 100 }))
      .map(({ kind, name, operation, allowed }) => `${kind}/${name} ${operation} ${allowed}`)
      .sort();
  const deployment = (name: string, replicas: number) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n`;

  test('without a policy about it nothing is read, said or recorded', async () => {
    await writePolicy(world, 'drafted', 'false', { action: 'draft', match: { kinds: ['*'] } });
    assert.deepEqual(await judge([file('a.yaml', deployment('web', 9))]), { accept: true, lines: [] });
    assert.deepEqual([read, await recorded()], [[], []]);
  });

  test('[API2] documents in a group of the organisation are judged as ours', async () => {
    await writePolicy(world, 'few', 'object.apiVersion == "causeway.dev/v1" && object.spec.replicas <= 3', {
      match: { kinds: ['causeway.dev/Service'] },
    });
    const document = (replicas: number) =>
      file(
        'platform/web.yaml',
        `apiVersion: platform.kubedojo.io/v1\nkind: Service\nmetadata: { name: web }\nspec: { replicas: ${replicas} }\n`,
      );
    const judged = async (replicas: number) =>
      judgePushedChange(
        { engine: world.engine, policies: world.registry, apiGroups: ['platform.kubedojo.io'] },
        { service, user: 'ada', refs: [main], files: [document(replicas)] },
      );
    assert.equal((await judged(3)).accept, true);
    assert.match((await judged(4)).lines.join('\n'), /few: failed/);
    assert.equal(
      (await judge([document(4)])).accept,
      true,
      'a group that nobody has configured is somebody else’s',
    );
  });

  test('the movement of a branch', async () => {
    await writePolicy(
      world,
      'no-force',
      'object.spec.kind != "force" || !object.spec.releaseBranch || request.user == "root"',
      { match: { kinds: ['Push'] }, exceptions: { allowed: false } },
    );
    assert.deepEqual(await judge(), { accept: true, lines: ['policy  1 rule passed'] });
    const refused = await judge([], [{ ...main, kind: 'force' }]);
    assert.equal(refused.accept, false);
    assert.match(refused.lines[0] ?? '', /^refs\/heads\/main is refused by policy:/);
    assert.match(refused.lines.join('\n'), /✘ no-force: failed: .*\n {2}Why: .*\n {2}Instead: .*\nNext: /);
    assert.deepEqual(await recorded(), ['Push/orders UPDATE false', 'Push/orders UPDATE true']);
    const [input] = await world.engine.decisions.read({ limit: 1, inputs: true });
    assert.deepEqual(JSON.parse(input?.inputs?.[0]?.data ?? '').object.spec, {
      repository: 'shop/orders',
      ref: 'refs/heads/main',
      before: 'a'.repeat(40),
      after,
      kind: 'force',
      releaseBranch: true,
      files: [],
      user: 'ada',
    });
  });

  test('documents that policies are about, each with its place', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3', { match: { kinds: ['apps/Deployment'] } });
    await writePolicy(world, 'told', 'object.spec.replicas > 1', {
      match: { kinds: ['Deployment'] },
      action: 'warn',
    });
    const { accept, lines } = await judge([
      file('deploy/web.yaml', `# one\n---\n${deployment('web', 1)}---\n${deployment('api', 9)}`),
      file('README.md', deployment('readme', 9)),
      file('other.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n'),
      file('broken.yaml', 'apiVersion: {'),
      file('large.yaml', deployment('large', 9), 300_000),
    ]);
    assert.equal(accept, false);
    assert.deepEqual(lines, [
      'deploy/web.yaml:10 is refused by policy:',
      '✘ few: failed: object.spec.replicas <= 3',
      '  Why: It hurts somebody.',
      '  Instead: Do it otherwise.',
      '  Exception: platform exception request few Deployment/api --team shop',
      '! policy told: failed: object.spec.replicas > 1 (Do it otherwise.) (deploy/web.yaml:3)',
      'Next: do as each policy says, commit and push again.',
    ]);
    assert.deepEqual(read, ['deploy/web.yaml', 'other.yaml', 'broken.yaml']);
    assert.deepEqual(await recorded(), ['Deployment/api CREATE false', 'Deployment/web CREATE true']);
  });
});
