import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Build,
  BuildKind,
  judgedPlanAnnotation,
  type PlatformError,
  PolicyKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { deploy } from '../../index.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { celPolicy } from '../testing/policy-world.ts';
import { judgePlan } from './judge-plan.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const plan = { builder: 'node', runtime: 'Node.js 26.10.0', processes: { web: 'node server.js' } };

describe('[POL3] plans of builds', () => {
  let world: World;
  let service: Service;
  let build: Build;
  before(async () => {
    world = await createWorld();
    service = await world.engine.store.create(
      ServiceKind,
      { metadata: { name: 'orders', namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    build = await world.until('a build', () => world.engine.store.peek(BuildKind, key('orders.1')));
  });
  after(() => world.close());
  const isAsked = ({ metadata }: Build) => metadata.annotations?.[judgedPlanAnnotation];
  const judge = () => judgePlan(world.capabilities, service, build, plan);

  test('are not asked for while no policy is about them', async () => {
    assert.equal(isAsked(build), undefined);
    assert.deepEqual(await judge(), { warnings: [] });
    assert.deepEqual(await world.engine.decisions.read({ place: 'build-plan', limit: 9 }), []);
  });

  test('are judged with the commit and the settings, and recorded', async () => {
    const about = { match: { kinds: ['BuildPlan'], teams: ['shop'] } };
    await world.engine.store.create(
      PolicyKind,
      celPolicy('pinned', 'object.spec.runtime.endsWith(".0") && object.spec.settings.test.enabled', about),
      alice,
    );
    await world.engine.store.create(
      PolicyKind,
      celPolicy('told', 'object.spec.builder != "node"', { ...about, action: 'warn' }),
      alice,
    );
    await world.capabilities.policies.settled();
    assert.deepEqual(await judge(), {
      warnings: ['policy told: failed: object.spec.builder != "node" (Do it otherwise.)'],
    });
    const [decision] = await world.engine.decisions.read({ place: 'build-plan', inputs: true, limit: 9 });
    const { spec } = JSON.parse(decision?.inputs?.[0]?.data ?? '').object;
    assert.deepEqual(
      [spec.service, spec.commit, spec.processes],
      ['orders', build.spec.commit, plan.processes],
    );
    const again = (await deploy(world.capabilities, key('orders'), undefined, alice)) as Build;
    assert.equal(isAsked(again), 'true', 'builds from now on say that they are judged');
  });

  test('are refused in the words of the policy', async () => {
    await world.engine.store.create(
      PolicyKind,
      celPolicy('never', 'false', { match: { kinds: ['BuildPlan'] } }),
      alice,
    );
    await world.capabilities.policies.settled();
    await assert.rejects(judge(), (error: PlatformError) => {
      assert.match(error.evidence.join('\n'), /✘ never: failed: false\n {2}Why: /);
      assert.match(error.evidence.join('\n'), /exception request never Service\/orders --team shop/);
      return error.code === 'PolicyDenied';
    });
    const [decision] = await world.engine.decisions.read({ place: 'build-plan', denied: true, limit: 9 });
    assert.equal(decision?.name, 'orders');
  });
});
