import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isPlatformError, kinds, NamespaceKind, ServiceKind, TeamKind } from '@causeway/model';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { withGuardedQuota } from './team-quota.ts';

const shop = { namespace: '', name: 'shop' };

describe('quotas of teams', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    await world.settle();
  });
  after(() => world.close());

  const limit = (quota: Record<string, number> | undefined) =>
    world.engine.store.mutate(
      TeamKind,
      shop,
      ({ spec: { quota: _, ...spec }, ...team }) => ({
        ...team,
        spec: { ...spec, ...(quota ? { quota } : {}) },
      }),
      alice,
    );
  const create = (name: string, dryRun = false) =>
    world.engine.store.create(ServiceKind, { metadata: { name, namespace: 'shop' } }, alice, { dryRun });
  const names = () => world.engine.store.peekAll(ServiceKind, 'shop').map(one => one.metadata.name);

  test('[QUO1] racing writers never exceed a quota; what is too much is refused with the figures', async () => {
    await limit({ services: 3 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => create(`r${index}`)));
    assert.equal(results.filter(result => result.status === 'fulfilled').length, 3);
    assert.equal(names().length, 3);
    const refused = results.find(result => result.status === 'rejected')?.reason;
    assert.ok(isPlatformError(refused, 'QuotaExceeded'));
    assert.match(
      refused.message,
      /^services\.causeway\.dev "r\d+" is forbidden: exceeded quota: team "shop", requested: services\.causeway\.dev=1, used: services\.causeway\.dev=3, limited: services\.causeway\.dev=3$/,
    );
    assert.equal(refused.entry.status, 403);
    assert.match(refused.next, /spec\.quota/);
    await assert.rejects(create('dry', true), { code: 'QuotaExceeded' });
    await world.settle();
    const team = await world.engine.store.get(TeamKind, shop);
    assert.deepEqual(team.status?.used, { services: 3 });

    const [first = ''] = names();
    await world.engine.store.delete(ServiceKind, { namespace: 'shop', name: first }, alice);
    await world.until('the service to be gone', () => !names().includes(first));
    await create('again');
    await assert.rejects(create('too-many'), { code: 'QuotaExceeded' });
  });

  test('other kinds, other teams and what is there already are not concerned', async () => {
    await limit({ services: 1, environments: 2 });
    assert.ok(names().length > 1, 'a quota below what is used takes nothing away');
    await world.engine.store.create(NamespaceKind, { metadata: { name: 'free' } }, alice);
    await world.engine.store.create(ServiceKind, { metadata: { name: 'a', namespace: 'free' } }, alice);
    await world.settle();
    const { status } = await world.engine.store.get(TeamKind, shop);
    assert.deepEqual(status?.used, { services: names().length, environments: 1 });
    await limit(undefined);
    await create('unlimited');
    await world.settle();
    assert.equal((await world.engine.store.get(TeamKind, shop)).status?.used, undefined);
  });

  test('only who runs the platform sets a quota, and only of kinds that there are', async () => {
    const { store } = world.engine;
    await store.create(
      TeamKind,
      { metadata: { name: 'platform' }, spec: { members: [{ user: 'ada', role: 'owner' }] } },
      alice,
    );
    const guarded = withGuardedQuota(store, kinds);
    const set = (user: string, quota: Record<string, number>) =>
      guarded.mutate(TeamKind, shop, team => ({ ...team, spec: { ...team.spec, quota } }), { user });
    await assert.rejects(set('alice', { services: 100 }), { code: 'Forbidden' });
    await assert.rejects(set('ada', { service: 5 }), error => {
      assert.ok(isPlatformError(error, 'Invalid'));
      assert.match(error.next, /'services'/);
      assert.equal(error.causes[0]?.field, 'spec.quota.service');
      return true;
    });
    const spend = (user: string, monthly: number) =>
      guarded.mutate(
        TeamKind,
        shop,
        team => ({ ...team, spec: { ...team.spec, budget: { monthly } } }),
        { user },
        { dryRun: true },
      );
    await assert.rejects(spend('alice', 100), /spec\.budget of a team is set by who runs the platform/);
    assert.deepEqual((await spend('ada', 100)).spec.budget, { monthly: 100 });
    await set('ada', { services: 100 });
    const renamed = await guarded.mutate(
      TeamKind,
      shop,
      team => ({ ...team, spec: { ...team.spec, displayName: 'The shop' } }),
      { user: 'alice' },
    );
    assert.deepEqual(renamed.spec.quota, { services: 100 });
  });
});
