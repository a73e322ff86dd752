import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { PolicyEngine } from '@causeway/contracts';
import { PlatformError, PolicyKind, ServiceKind } from '@causeway/model';
import { until } from '@causeway/testkit';
import { celEngine } from '../testing/cel-engine.ts';
import { ada, celPolicy, createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';
import { createPolicyRegistry } from './policy-registry.ts';

const service = (replicas: number) => ({
  metadata: { namespace: 'shop', name: `with-${replicas}` },
  spec: { replicas },
});
const system = { user: 'system:server' };
const few = 'object.spec.replicas <= 3';

describe('the registry of policies', () => {
  let world: PolicyWorld;
  afterEach(() => world.close());
  const write = (replicas: number) => world.store.create(ServiceKind, service(replicas), ada);
  const change = (name: string, spec: object, status?: object) =>
    world.engine.store.mutate(
      PolicyKind,
      { namespace: '', name },
      one => ({ ...one, spec: { ...one.spec, ...spec }, ...(status ? { status } : {}) }),
      system,
      status ? { subresource: 'status' } : {},
    );
  const states = () =>
    world.registry
      .policies()
      .map(({ name, loaded, broken }) => `${name} ${broken ?? (loaded ? 'loaded' : '')}`);

  test('[POL4] a text that is broken, or has not come, leaves the last good one in force', async () => {
    world = await createPolicyWorld();
    await writePolicy(world, 'few', few);
    await assert.rejects(write(4), { code: 'PolicyDenied' });
    // Behind the API’s back, as a newer engine might find a text that it knows no more.
    await change('few', { source: { inline: 'object.spec.replicas <=' } });
    await world.registry.settled();
    await assert.rejects(write(4), { code: 'PolicyDenied' });
    await write(1);
    await change('few', {
      source: { git: { team: 'shop', service: 'rules', branch: 'main', path: 'few.cel' } },
    });
    await world.registry.settled();
    await assert.rejects(write(4), { code: 'PolicyDenied' });
    await change('few', {}, { modules: [{ name: 'few.cel', source: 'object.spec.replicas <= 5' }] });
    await write(4);
    await assert.rejects(write(6), { code: 'PolicyDenied' });
  });

  test('[API2] a policy may name kinds in a group of the organisation', async () => {
    world = await createPolicyWorld(celEngine(), ['platform.kubedojo.io']);
    await writePolicy(world, 'few', few, { match: { kinds: ['platform.kubedojo.io/Service'] } });
    await write(3);
    await assert.rejects(write(4), { code: 'PolicyDenied' });
  });

  test('[POL2] a text that never came or never compiled refuses what it would judge', async () => {
    world = await createPolicyWorld();
    await world.engine.store.create(PolicyKind, celPolicy('broken', ')'), system);
    await world.engine.store.create(
      PolicyKind,
      celPolicy('absent', '', {
        source: { git: { team: 'shop', service: 'rules', branch: 'main', path: 'few.cel' } },
      }),
      system,
    );
    await world.registry.settled();
    assert.match(states().join('\n'), /absent its text has not come yet\nbroken .*policy\.cel/);
    await assert.rejects(write(1), /absent: could not be evaluated: its text has not come yet/);
  });

  test('while a policy cannot be loaded, what it applies to waits; the rest does not', async () => {
    let works = false;
    const cel = celEngine();
    const slow: PolicyEngine = {
      ...cel,
      load: source =>
        works ? cel.load(source) : Promise.reject(new PlatformError('Unavailable', 'no worker is there')),
    };
    world = await createPolicyWorld();
    await writePolicy(world, 'few', few);
    const registry = createPolicyRegistry({ engine: world.engine, policyEngine: slow, log: () => {} });
    const subject = (kind: string) => ({
      object: {
        apiVersion: 'causeway.dev/v1',
        kind,
        metadata: { name: 'x', namespace: 'shop' },
        spec: { replicas: 9 },
      },
      request: {
        operation: 'CREATE' as const,
        place: 'admission' as const,
        user: 'ada',
        actor: 'person' as const,
        time: '2026-01-01T00:00:00Z',
      },
    });
    await assert.rejects(registry.judgeNow(subject('Service')), (error: PlatformError) => {
      assert.equal(error.retryAfterSeconds, 1);
      return error.code === 'Unavailable';
    });
    assert.equal((await registry.judgeNow(subject('Team'))).allowed, true);
    works = true;
    const verdict = await until('a verdict', () =>
      registry.judgeNow(subject('Service')).catch(() => undefined),
    );
    assert.equal(verdict.allowed, false);
    registry.close();
  });

  test('says which policies may judge otherwise, and only then', async () => {
    world = await createPolicyWorld();
    await writePolicy(world, 'few', few);
    await world.registry.settled();
    const told: string[] = [];
    const end = world.registry.onChange(policy => told.push(policy));
    await change('few', {}, { observedGeneration: 1 });
    await world.registry.settled();
    assert.deepEqual(told, []);
    await change('few', { action: 'audit' });
    await world.registry.settled();
    assert.deepEqual([...new Set(told)], ['few']);
    end();
    await change('few', { action: 'warn' });
    await world.registry.settled();
    assert.deepEqual([...new Set(told)], ['few']);
  });
});
