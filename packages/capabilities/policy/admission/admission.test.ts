import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { EnvironmentKind, type PlatformError, PolicyKind, ServiceKind } from '@causeway/model';
import { ada, celPolicy, createPolicyWorld, type PolicyWorld, writePolicy } from '../testing/policy-world.ts';

const service = (name: string, spec: Record<string, unknown> = {}) => ({
  metadata: { namespace: 'shop', name },
  spec,
});
const key = (name: string) => ({ namespace: 'shop', name });
const policyKey = (name: string) => ({ namespace: '', name });

describe('what people write is judged by policies', () => {
  let world: PolicyWorld;
  beforeEach(async () => {
    world = await createPolicyWorld();
  });
  afterEach(() => world.close());

  const decided = async (query: object = {}) =>
    (await world.engine.decisions.read({ limit: 100, ...query })).map(
      ({ place, operation, name, actor, allowed, results }) =>
        `${place} ${operation} ${name} by ${actor}: ${allowed ? 'allowed' : 'refused'} (${results.map(one => `${one.policy} ${one.result}`).join(', ')})`,
    );
  const setReplicas = (name: string, replicas: number, options = {}) =>
    world.store.mutate(
      ServiceKind,
      key(name),
      one => ({ ...one, spec: { ...one.spec, replicas } }),
      ada,
      options,
    );

  test('[POL3] what a policy refuses is not written; both are recorded, with what was judged', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    await world.store.create(ServiceKind, service('small'), ada);
    await assert.rejects(
      world.store.create(
        ServiceKind,
        service('large', { replicas: 9, variables: [{ name: 'API_TOKEN', value: 'hunter2' }] }),
        ada,
      ),
      (error: PlatformError) => {
        assert.equal(error.code, 'PolicyDenied');
        assert.equal(
          error.message,
          [
            'services "large" is refused by policy:',
            '✘ few: failed: object.spec.replicas <= 3',
            '  Why: It hurts somebody.',
            '  Instead: Do it otherwise.',
            '  Exception: platform exception request few Service/large --team shop',
          ].join('\n'),
        );
        assert.deepEqual(error.causes, [
          { reason: 'PolicyDenied', field: 'few', message: 'failed: object.spec.replicas <= 3' },
        ]);
        return true;
      },
    );
    assert.equal(world.engine.store.peek(ServiceKind, key('large')), undefined);
    assert.deepEqual(await decided(), [
      'admission CREATE large by ada: refused (few fail)',
      'admission CREATE small by ada: allowed (few pass)',
    ]);
    const [refused] = await world.engine.decisions.read({ denied: true, inputs: true, limit: 1 });
    const [input, context] = refused?.inputs ?? [];
    assert.equal(input?.redacted, true);
    assert.doesNotMatch(input?.data ?? '', /hunter2|"time"|uid/);
    assert.equal(JSON.parse(input?.data ?? '').object.spec.replicas, 9);
    assert.deepEqual(JSON.parse(context?.data ?? ''), { environments: [], teams: ['shop'] });
  });

  test('updates and deletions are judged; what changes nothing, a status or the platform itself is not', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    await writePolicy(world, 'keeps', '!("keep" in oldObject.metadata.?labels.orValue({}))', {
      match: { kinds: ['causeway.dev/Service'], operations: ['DELETE'] },
    });
    const labelled = service('kept');
    await world.store.create(
      ServiceKind,
      { ...labelled, metadata: { ...labelled.metadata, labels: { keep: 'yes' } } },
      ada,
    );
    await assert.rejects(setReplicas('kept', 4), { code: 'PolicyDenied' });
    await setReplicas('kept', 3);
    await setReplicas('kept', 3);
    await assert.rejects(world.store.delete(ServiceKind, key('kept'), ada), { code: 'PolicyDenied' });
    await world.store.mutate(ServiceKind, key('kept'), one => ({ ...one, status: {} }), ada, {
      subresource: 'status',
    });
    await world.store.mutate(
      ServiceKind,
      key('kept'),
      one => ({ ...one, spec: { ...one.spec, replicas: 8 } }),
      { user: 'system:server' },
    );
    await world.store.mutate(
      ServiceKind,
      key('kept'),
      one => ({ ...one, metadata: { ...one.metadata, labels: {} }, spec: { ...one.spec, replicas: 1 } }),
      ada,
    );
    await world.store.delete(ServiceKind, key('kept'), ada);
    assert.deepEqual((await decided()).reverse(), [
      'admission CREATE kept by ada: allowed (few pass)',
      'admission UPDATE kept by ada: refused (few fail)',
      'admission UPDATE kept by ada: allowed (few pass)',
      'admission DELETE kept by ada: refused (keeps fail)',
      'admission UPDATE kept by ada: allowed (few pass)',
      'admission DELETE kept by ada: allowed (keeps pass)',
    ]);
  });

  test('[POL11] what was judged is what is written: when it changed meanwhile it is judged again', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    await writePolicy(world, 'told', 'object.spec.replicas == 0', { action: 'warn' });
    await world.store.create(ServiceKind, service('raced'), ada);
    const warnings: string[] = [];
    const { judgeNow } = world.registry;
    const registry = world.registry as { judgeNow: typeof judgeNow };
    let times = 0;
    registry.judgeNow = async subject => {
      const verdict = await judgeNow(subject);
      times += 1;
      // Somebody else is faster, twice: first with its status, then with what is wanted.
      if (times === 1) {
        await world.engine.store.mutate(
          ServiceKind,
          key('raced'),
          one => ({ ...one, status: { phase: 'Running' } }),
          { user: 'system:server' },
          { subresource: 'status' },
        );
        await world.engine.store.mutate(
          ServiceKind,
          key('raced'),
          one => ({ ...one, spec: { ...one.spec, replicas: 3 } }),
          { user: 'system:server' },
        );
      }
      return verdict;
    };
    const oneMore = world.store.mutate(
      ServiceKind,
      key('raced'),
      one => ({ ...one, spec: { ...one.spec, replicas: one.spec.replicas + 1 } }),
      ada,
      { warn: text => warnings.push(text) },
    );
    await assert.rejects(oneMore, { code: 'PolicyDenied' });
    assert.equal(times, 2);
    assert.equal(warnings.length, 1, 'what is judged twice is said once');
    assert.equal(world.engine.store.peek(ServiceKind, key('raced'))?.spec.replicas, 3);
  });

  test('[POL11] many at once write what they were allowed, each with its decision', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 100');
    await world.store.create(ServiceKind, service('counted', { replicas: 0 }), ada);
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        world.store.mutate(
          ServiceKind,
          key('counted'),
          one => ({ ...one, spec: { ...one.spec, replicas: one.spec.replicas + 1 } }),
          ada,
        ),
      ),
    );
    const written = results.filter(({ status }) => status === 'fulfilled').length;
    assert.equal(world.engine.store.peek(ServiceKind, key('counted'))?.spec.replicas, written);
    assert.equal((await decided()).length, written + 1);
  });

  test('warnings are said and do not stand in the way; an audit is silent; a draft is not asked', async () => {
    await writePolicy(world, 'told', 'object.spec.replicas <= 3', { action: 'warn' });
    await writePolicy(world, 'watched', 'false', { action: 'audit' });
    await writePolicy(world, 'draft', 'false', { action: 'draft' });
    const warnings: string[] = [];
    const warn = (text: string) => warnings.push(text);
    await world.store.create(ServiceKind, service('large', { replicas: 9 }), ada, { warn });
    assert.deepEqual(warnings, ['policy told: failed: object.spec.replicas <= 3 (Do it otherwise.)']);
    assert.deepEqual(await decided(), ['admission CREATE large by ada: allowed (told fail, watched fail)']);
  });

  test('a dry run is judged and not recorded', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    const large = service('large', { replicas: 9 });
    await assert.rejects(world.store.create(ServiceKind, large, ada, { dryRun: true }), {
      code: 'PolicyDenied',
    });
    await world.store.create(ServiceKind, service('fine'), ada, { dryRun: true });
    await world.engine.store.create(ServiceKind, service('there'), ada);
    await assert.rejects(setReplicas('there', 9, { dryRun: true }), { code: 'PolicyDenied' });
    await world.store.delete(ServiceKind, key('there'), ada, { dryRun: true });
    assert.ok(world.engine.store.peek(ServiceKind, key('there')));
    assert.deepEqual(await decided(), []);
  });

  test('what no policy is about goes the old way', async () => {
    await writePolicy(world, 'few', 'false', { match: { kinds: ['Service'], teams: ['other'] } });
    const { judgeNow } = world.registry;
    (world.registry as { judgeNow: typeof judgeNow }).judgeNow = () => assert.fail('nobody is asked');
    await world.store.create(EnvironmentKind, { metadata: { namespace: 'shop', name: 'test' } }, ada);
    await world.store.create(ServiceKind, service('orders'), ada);
    await setReplicas('orders', 2);
    await world.store.delete(ServiceKind, key('orders'), ada);
    assert.deepEqual(await decided(), []);
  });

  test('[POL2] a rule that cannot be evaluated refuses, unless its policy says otherwise', async () => {
    await writePolicy(world, 'broken', 'object.spec.nothing.like.that > 1');
    await assert.rejects(world.store.create(ServiceKind, service('a'), ada), (error: PlatformError) => {
      assert.match(error.message, /✘ broken: could not be evaluated: /);
      return error.code === 'PolicyDenied';
    });
    await world.store.mutate(
      PolicyKind,
      policyKey('broken'),
      one => ({ ...one, spec: { ...one.spec, onError: 'allow' } }),
      ada,
    );
    await world.store.create(ServiceKind, service('a'), ada);
  });

  test('[POL4] a policy that does not compile is refused at the place that is wrong, and changes nothing', async () => {
    await assert.rejects(writePolicy(world, 'typo', 'object.spec.replicas <='), (error: PlatformError) => {
      assert.equal(error.code, 'Invalid');
      assert.match(error.message, /Policy\.causeway\.dev "typo" is invalid: .*policy\.cel:1/);
      return true;
    });
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    const change = (spec: object) =>
      world.store.mutate(
        PolicyKind,
        policyKey('few'),
        one => ({ ...one, spec: { ...one.spec, ...spec } }),
        ada,
      );
    await assert.rejects(change({ source: { inline: ')' } }), { code: 'Invalid' });
    await assert.rejects(
      change({
        parametersSchema: { type: 'object', required: ['most'], properties: { most: { type: 'number' } } },
      }),
      (error: PlatformError) => {
        assert.match(error.message, /spec\.parameters\.most/);
        return error.code === 'Invalid';
      },
    );
    await assert.rejects(change({ parametersSchema: { type: 7 } }), /spec\.parametersSchema/);
    await assert.rejects(world.store.create(ServiceKind, service('large', { replicas: 9 }), ada), {
      code: 'PolicyDenied',
    });
  });

  test('[POL4] what denies is not deleted; taken down a step it is', async () => {
    await writePolicy(world, 'few', 'object.spec.replicas <= 3');
    await assert.rejects(world.store.delete(PolicyKind, policyKey('few'), ada), (error: PlatformError) => {
      assert.match(error.next, /Set its action to audit first/);
      return error.code === 'Forbidden';
    });
    await world.store.mutate(
      PolicyKind,
      policyKey('few'),
      one => ({ ...one, spec: { ...one.spec, action: 'audit' } }),
      ada,
    );
    await world.store.delete(PolicyKind, policyKey('few'), ada);
    await world.store.create(ServiceKind, service('large', { replicas: 9 }), ada);
    assert.deepEqual(await decided(), []);
  });

  test('a rule that refuses everything keeps nobody from mending it', async () => {
    await writePolicy(world, 'all', 'false', {
      match: { kinds: ['*'], operations: ['CREATE', 'UPDATE', 'DELETE'] },
    });
    await assert.rejects(
      world.store.create(EnvironmentKind, { metadata: { namespace: 'shop', name: 'test' } }, ada),
      { code: 'PolicyDenied' },
    );
    await writePolicy(world, 'other', 'true');
    await world.store.mutate(
      PolicyKind,
      policyKey('all'),
      one => ({ ...one, spec: { ...one.spec, action: 'audit' } }),
      ada,
    );
    await world.store.create(EnvironmentKind, { metadata: { namespace: 'shop', name: 'test' } }, ada);
  });

  test('[POL11] a policy judges all that is written after it was', async () => {
    for (let round = 0; round < 20; round++) {
      const name = `p-${round}`;
      await world.store.create(PolicyKind, celPolicy(name, `object.metadata.name != "${name}"`), ada);
      await assert.rejects(world.store.create(ServiceKind, service(name), ada), { code: 'PolicyDenied' });
    }
  });
});
