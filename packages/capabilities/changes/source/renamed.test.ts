import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  EnvironmentKind,
  findCondition,
  RolloutKind,
  ServiceKind,
  SourceKind,
  TeamKind,
} from '@causeway/model';
import { alice, createWorld } from '../../testing/world.ts';
import { planFor } from '../plan/plan-for.ts';
import { pushFiles } from '../testing/push-files.ts';

const shop = (name: string) => ({ namespace: 'shop', name });
const request = (name: string) =>
  `apiVersion: causeway.dev/v1\nkind: EnvironmentRequest\nmetadata:\n  name: ${name}\nspec:\n  lifetime: 1d\n  services: [{name: api}]\n`;

test('[SRC12] what takes the place of another has its room in the quota, in the plan and when it is applied', async t => {
  const world = await createWorld();
  t.after(() => world.close());
  const { store } = world.engine;
  await store.create(ServiceKind, { metadata: shop('api') }, alice);
  const condition = () => store.peek(ServiceKind, shop('api'))?.status?.conditions;
  await world.until('the repository', () => findCondition(condition(), 'RepositoryReady'));
  const push = (files: Record<string, string>) =>
    pushFiles(join(world.folder, 'shop', 'api.git'), { 'index.html': 'x', ...files }, 'alice');
  const quota = (limits: Record<string, number>) =>
    store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      one => ({ ...one, spec: { ...one.spec, quota: limits } }),
      { user: 'system:server' },
    );
  const planOf = async (commit: string) => {
    const plan = await planFor(world.capabilities, { team: 'shop', service: 'api', commit, by: 'alice' });
    return {
      quota: plan?.quota,
      done: plan?.changes.map(({ action, name }) => `${action} ${name}`),
      problems: plan?.changes.flatMap(({ problems = [] }) => problems).join('\n'),
    };
  };
  const serves = (name: string) =>
    world.until(
      `api to serve in ${name}`,
      () => store.peek(RolloutKind, shop(`api.${name}`))?.status?.serving,
    );

  await push({ 'platform/env.yaml': request('old') });
  world.nudge('api');
  await serves('old');

  for (const [from, to, limits] of [
    ['old', 'new', { environments: 2 }],
    ['new', 'other', { environmentrequests: 1 }],
  ] as const) {
    await quota(limits);
    const commit = await push({ 'platform/env.yaml': request(to) });
    const { done, problems, quota: left } = await planOf(commit);
    assert.deepEqual(done, [`create ${to}`, `delete ${from}`], problems ?? '');
    assert.deepEqual(
      left?.map(({ used, limit }) => used - limit),
      [0],
    );
    world.nudge('api');
    await serves(to);
    await world.until(`${from} to be gone`, () => !store.peek(EnvironmentKind, shop(from)));
    await world.until('all to be applied', () =>
      store.peek(SourceKind, shop('api'))?.status?.documents?.every(({ state }) => state === 'Applied'),
    );
  }

  const both = await planOf(
    await push({ 'platform/a.yaml': request('other'), 'platform/b.yaml': request('more') }),
  );
  assert.deepEqual(both.done, ['unchanged other', 'refuse more']);
});
