import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  ChangeRequestKind,
  EnvironmentKind,
  findCondition,
  keyOf,
  type ObjectKey,
  PolicyKind,
  ReleaseKind,
  RolloutKind,
  RouteKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { closeChange } from '../../changes/request/close-change.ts';
import { mergeChange } from '../../changes/request/merge-change.ts';
import { openChange } from '../../changes/request/open-change.ts';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { branchPreviewName } from './preview-name.ts';

const key = (name: string) => ({ namespace: 'shop', name });

describe('previews', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    await world.engine.store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      one => ({ ...one, spec: { ...one.spec, members: [{ user: 'alice', role: 'owner' }] } }),
      alice,
    );
  });
  after(() => world.close());

  const create = async (name: string, previews: object | undefined) => {
    await world.engine.store.create(
      ServiceKind,
      {
        metadata: { name, namespace: 'shop' },
        spec: { template: 'tiny', ...(previews ? { previews } : {}) },
      },
      alice,
    );
    await world.until(
      `${name} to serve`,
      () => world.engine.store.peek(ServiceKind, key(name))?.status?.release,
    );
  };
  const environment = (name: string) => world.engine.store.peek(EnvironmentKind, key(name));
  const runs = (service: string, name: string, commit: string) =>
    world.until(`${commit} in ${name}`, () => {
      const release = world.engine.store.peek(RolloutKind, key(`${service}.${name}`))?.status?.serving
        ?.release;
      return (
        release !== undefined && world.engine.store.peek(ReleaseKind, key(release))?.spec.commit === commit
      );
    });
  const isGone = (name: string) => world.until(`${name} to go`, () => environment(name) === undefined);
  const setPreviews = (name: string, previews: object | undefined) =>
    world.engine.store.mutate(
      ServiceKind,
      key(name),
      one => {
        const { previews: _previews, ...spec } = one.spec;
        return { ...one, spec: { ...spec, ...(previews ? { previews } : {}) } as typeof one.spec };
      },
      alice,
    );
  const open = async (service: string, source: string) => {
    const { change } = await openChange(world.capabilities, key(service), { source }, alice);
    return change;
  };
  const pushTo = async (service: string, branch: string, content: string) => {
    const commit = await world.pushTo(service, branch, content);
    for (const one of world.engine.store.peekAll(ChangeRequestKind, 'shop')) world.changes.nudge(keyOf(one));
    return commit;
  };

  test('[ENV30] an open change request has one, with what runs beside it; it follows pushes and goes with the change', async () => {
    await create('stock', undefined);
    await create('orders', { with: ['stock'] });
    const first = await pushTo('orders', 'refunds', 'one');
    const change = await open('orders', 'refunds');
    const name = `orders-cr-${change.spec.number}`;
    await runs('orders', name, first);
    const preview = await world.until('both', () => {
      const one = environment(name);
      return one?.status?.phase === 'Ready' && one;
    });
    assert.equal(preview.spec.type, 'preview');
    assert.equal(preview.metadata.annotations?.['causeway.dev/created-by'], 'alice');
    assert.deepEqual(
      preview.spec.services?.map(one => one.name),
      ['orders', 'stock'],
    );
    assert.ok(world.engine.store.peek(RolloutKind, key(`stock.${name}`)));
    const shown = await world.until('the change request to show it', () => {
      const [one] = world.engine.store.peek(ChangeRequestKind, keyOf(change))?.status?.environments ?? [];
      return one?.url !== undefined && one;
    });
    assert.equal(shown.url, `http://orders.${name}.shop.localhost:7080`);
    const second = await pushTo('orders', 'refunds', 'two');
    await runs('orders', name, second);
    assert.equal(
      world.engine.store.peek(RolloutKind, key('orders.production'))?.status?.serving?.release,
      'orders.1',
    );
    await world.settle();
    const { resourceVersion } = await world.engine.store.list(EnvironmentKind);
    world.nudge('orders');
    await world.settle();
    assert.equal((await world.engine.store.list(EnvironmentKind)).resourceVersion, resourceVersion);
    await closeChange(world.changes, keyOf(change), alice);
    world.changes.nudge(keyOf(change));
    await isGone(name);
    await world.until(
      'nothing to be remembered',
      () => world.engine.store.peek(ServiceKind, key('orders'))?.status?.previews === undefined,
    );
  });

  test('[ENV31] one that nobody uses goes, and comes back with the next push', async () => {
    await create('carts', { for: 'branches', idle: '6s' });
    const name = branchPreviewName('carts', 'faster');
    await runs('carts', name, await pushTo('carts', 'faster', 'one'));
    assert.equal(environment(branchPreviewName('carts', 'main')), undefined);
    // A request counts: the gateway says when the last one came.
    const later = new Date(Date.now() + 1500).toISOString();
    await world.engine.store.mutate(
      RouteKind,
      key(`carts.${name}`),
      one => ({ ...one, status: { ...one.status, lastRequestAt: later } }),
      { user: 'system:gateway:test', from: 'test' },
      { subresource: 'status' },
    );
    await isGone(name);
    assert.ok(Date.now() >= Date.parse(later) + 6000, 'not before its time');
    await world.settle();
    assert.equal(environment(name), undefined);
    await runs('carts', name, await pushTo('carts', 'faster', 'two'));
  });

  test('[ENV31] branches that lay idle before previews were switched on have none until a push', async () => {
    await create('shelf', undefined);
    await pushTo('shelf', 'old', 'one');
    await new Promise(resolve => setTimeout(resolve, 2100));
    await setPreviews('shelf', { for: 'branches', idle: '1s' });
    const name = branchPreviewName('shelf', 'old');
    await world.until('it to be seen', () =>
      world.engine.store.peek(ServiceKind, key('shelf'))?.status?.previews?.some(one => one.name === name),
    );
    assert.equal(environment(name), undefined);
    await setPreviews('shelf', { for: 'branches' });
    await world.settle();
    assert.equal(environment(name), undefined);
    await runs('shelf', name, await pushTo('shelf', 'old', 'two'));
    await setPreviews('shelf', undefined);
    await isGone(name);
  });

  test('a branch that goes takes its preview along, and so does a service that wants none any more', async () => {
    await setPreviews('carts', { for: 'branches' });
    const [kept, deleted] = ['faster', 'slower'].map(branch => branchPreviewName('carts', branch));
    assert.ok(kept && deleted);
    await runs('carts', deleted, await pushTo('carts', 'slower', 'one'));
    await pushTo('carts', 'faster', 'three');
    await world.until('the other', () => environment(kept)?.status?.phase === 'Ready');
    const bare = join(world.folder, 'shop', 'carts.git');
    await promisify(execFile)('git', ['--git-dir', bare, 'update-ref', '-d', 'refs/heads/slower']);
    await pushTo('carts', 'faster', 'four');
    await isGone(deleted);
    assert.ok(environment(kept));
    await setPreviews('carts', undefined);
    await isGone(kept);
  });

  test('[ENV30] a branch that is merged has no preview any more, also one that was squashed', async () => {
    await create('desk', { for: 'branches' });
    const [contained, squashed] = ['contained', 'squashed'].map(branch => branchPreviewName('desk', branch));
    assert.ok(contained && squashed);
    const tip = await pushTo('desk', 'contained', 'one');
    await runs('desk', contained, tip);
    const head = await pushTo('desk', 'squashed', 'two');
    await runs('desk', squashed, head);
    const change = await open('desk', 'squashed');
    await world.until('it to be mergeable', () => {
      const { conditions } = world.engine.store.peek(ChangeRequestKind, keyOf(change))?.status ?? {};
      return findCondition(conditions, 'Mergeable')?.status === 'True';
    });
    const nudge = (service: ObjectKey) => world.nudge(service.name);
    await mergeChange(world.changes, keyOf(change), 'squash', alice, nudge);
    await isGone(squashed);
    assert.ok(environment(contained));
    const bare = join(world.folder, 'shop', 'desk.git');
    await promisify(execFile)('git', ['--git-dir', bare, 'update-ref', 'refs/heads/main', tip]);
    world.nudge('desk');
    await isGone(contained);
    await runs('desk', squashed, await pushTo('desk', 'squashed', 'three'));
    await setPreviews('desk', undefined);
    await isGone(squashed);
  });

  test('[ENV32] a quota used up, a policy and a name that is taken are said on the change request', async () => {
    const quota = (environments: number | undefined) =>
      world.engine.store.mutate(
        TeamKind,
        { namespace: '', name: 'shop' },
        one => {
          const { quota: _quota, ...spec } = one.spec;
          return { ...one, spec: environments === undefined ? spec : { ...spec, quota: { environments } } };
        },
        alice,
      );
    await create('bills', {});
    await quota(1);
    const commit = await pushTo('bills', 'x', 'one');
    const change = await open('bills', 'x');
    const name = `bills-cr-${change.spec.number}`;
    const says = (words: RegExp) =>
      world.until(`${words}`, () => {
        const [one] = world.engine.store.peek(ChangeRequestKind, keyOf(change))?.status?.environments ?? [];
        return one?.name === name && words.test(one.state);
      });
    await says(/not there: shop has as many environments as it may\. It is made as soon as there is room/);
    await quota(undefined);
    await runs('bills', name, commit);
    await world.engine.store.create(
      PolicyKind,
      celPolicy('no-previews', 'object.spec.type != "preview"', { match: { kinds: ['Environment'] } }),
      alice,
    );
    await world.capabilities.policies.settled();
    await world.engine.store.delete(EnvironmentKind, key(name), alice);
    await isGone(name);
    await world.settle();
    assert.equal(environment(name), undefined, 'somebody deleted it: only a push brings it back');
    await pushTo('bills', 'x', 'two');
    await says(/not there: .*no-previews/);
    await world.engine.store.create(
      EnvironmentKind,
      { metadata: { name: `bills-cr-${change.spec.number + 1}`, namespace: 'shop' } },
      alice,
    );
    await pushTo('bills', 'y', 'one');
    const other = await open('bills', 'y');
    await world.until('the name to be taken', () => {
      const { environments } = world.engine.store.peek(ChangeRequestKind, keyOf(other))?.status ?? {};
      return environments?.some(({ state }) => /not there: the name .* is taken/.test(state));
    });
  });
});
