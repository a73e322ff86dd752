import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BuildKind,
  EnvironmentKind,
  type PlatformError,
  PolicyKind,
  PromotionKind,
  ReleaseKind,
  ReplicaKind,
  RolloutKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { insightsOf, promote, reportPush, rollback } from '../../index.ts';
import { celPolicy } from '../../policy/testing/policy-world.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const bob = { user: 'bob', from: 'test' };

describe('standing environments and promotion', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    const { store } = world.engine;
    await store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      team => ({
        ...team,
        spec: {
          ...team.spec,
          members: [
            { user: 'alice', role: 'owner' },
            { user: 'bob', role: 'owner' },
            { user: 'dan', role: 'developer' },
          ],
        },
      }),
      alice,
    );
    await world.until('production', () => store.peek(EnvironmentKind, key('production')));
    await store.create(
      EnvironmentKind,
      {
        metadata: { name: 'staging', namespace: 'shop' },
        spec: {
          order: 10,
          variables: [
            { name: 'LOG', value: 'debug' },
            { name: 'BOTH', value: 'place' },
          ],
        },
      },
      alice,
    );
    await store.create(
      ServiceKind,
      {
        metadata: { name: 'orders', namespace: 'shop' },
        spec: {
          template: 'tiny',
          variables: [
            { name: 'LOG', value: 'info' },
            { name: 'BOTH', value: 'service', environment: 'staging' },
          ],
        },
      },
      alice,
    );
  });
  after(() => world.close());

  const rollout = (environment: string) => world.engine.store.peek(RolloutKind, key(`orders.${environment}`));
  const serves = (environment: string, release: string) =>
    world.until(
      `${release} to serve in ${environment}`,
      () => rollout(environment)?.status?.serving?.release === release && rollout(environment),
    );
  const environment = (name: string, spec: object) =>
    world.engine.store.mutate(
      EnvironmentKind,
      key(name),
      one => ({ ...one, spec: { ...one.spec, ...spec } }),
      alice,
    );
  const ask = (wish: object = {}, actor = alice) =>
    promote(world.capabilities, key('orders'), { to: 'production', ...wish }, actor);
  const head = () => world.engine.store.peek(ServiceKind, key('orders'))?.status?.push?.commit;
  const decisions = () =>
    world.engine.decisions.read({ kind: 'ReleaseEvidence', name: 'orders', limit: 100 });
  const heard = async (content: string): Promise<string[]> => {
    const before = head();
    const commit = await world.push('orders', content);
    const push = {
      id: { team: 'shop', service: 'orders' },
      user: 'alice',
      updates: [{ ref: 'refs/heads/main', before, after: commit }],
    };
    const lines: string[] = [];
    for await (const line of reportPush(
      world.capabilities,
      push,
      world.nudge as never,
      AbortSignal.timeout(180_000),
    ))
      lines.push(line.replace(/ \(\d+\.\d+ s\)| after .*/g, '').replace(/[0-9a-f]{8,}/g, '…'));
    return lines;
  };

  test('[PRO1] a push goes to every environment that takes pushes, each with its own variables and decision', async () => {
    await serves('staging', 'orders.1');
    await serves('production', 'orders.1');
    const variables = (name: string) =>
      world.engine.store.peekAll(ReplicaKind, 'shop', ({ spec }) => spec.environment === name)[0]?.spec
        .variables;
    assert.deepEqual([variables('staging')?.LOG, variables('staging')?.BOTH], ['debug', 'service']);
    assert.deepEqual([variables('production')?.LOG, variables('production')?.BOTH], ['info', undefined]);
    const build = world.engine.store.peek(BuildKind, key('orders.1'));
    assert.deepEqual(
      build?.status?.environments?.map(({ name }) => name),
      ['staging', 'production'],
    );
    const urlsOf = (name: string) => world.engine.store.peek(EnvironmentKind, key(name))?.status?.urls;
    await world.until('production to say where it answers', () => urlsOf('production')?.orders);
    await world.until('staging to say where it answers', () => urlsOf('staging')?.orders);
    assert.deepEqual(urlsOf('production'), { orders: 'http://orders.localhost:7080' });
    assert.deepEqual(urlsOf('staging'), { orders: 'http://orders.staging.shop.localhost:7080' });
    const recorded = await decisions();
    for (const { decision } of build?.status?.environments ?? [])
      assert.ok(recorded.some(({ id }) => id === decision));
    assert.equal(recorded.length, 2);
    assert.deepEqual(await heard('second'), [
      'orders: … by alice',
      '  ✔ serving  http://orders.staging.shop.localhost:7080',
      '  ✔ serving  http://orders.localhost:7080',
      '  live',
    ]);
    await environment('staging', { variables: [{ name: 'LOG', value: 'trace' }] });
    await world.until('the new variables', () =>
      world.engine.store
        .peekAll(ReplicaKind, 'shop', ({ spec }) => spec.environment === 'staging')
        .some(({ spec }) => spec.variables.LOG === 'trace'),
    );
  });

  test('[PRO1] what one environment refuses the others get; what all refuse is no release', async () => {
    const policy = (name: string, environments: string[]) =>
      world.engine.store.create(
        PolicyKind,
        celPolicy(name, 'false', { match: { kinds: ['ReleaseEvidence'], environments } }),
        alice,
      );
    await policy('never-there', ['production']);
    const before = (await decisions()).length;
    const lines = await heard('third');
    assert.ok(lines.includes('  ✔ serving  http://orders.staging.shop.localhost:7080'), lines.join('\n'));
    assert.ok(lines.includes('  ✘ Policies do not let orders.3 reach production'), lines.join('\n'));
    await serves('staging', 'orders.3');
    await serves('production', 'orders.2');
    await world.settle();
    assert.equal((await decisions()).length, before + 2, 'each is judged once');
    const { status } = await world.engine.store.get(ServiceKind, key('orders'));
    assert.match(status?.failure?.message ?? '', /do not let orders\.3 reach production/);
    assert.equal(status?.phase, 'Running');
    await policy('nor-here', ['staging']);
    const refused = await heard('fourth');
    assert.ok(
      refused.includes('  ✘ Policies do not let orders.4 reach staging or production'),
      refused.join('\n'),
    );
    assert.equal(world.engine.store.peek(ReleaseKind, key('orders.4')), undefined);
    for (const name of ['never-there', 'nor-here'])
      await world.engine.store.mutate(
        PolicyKind,
        { namespace: '', name },
        one => ({ ...one, spec: { ...one.spec, action: 'audit' } }),
        alice,
      );
    await world.capabilities.policies.settled();
  });

  test('[PRO2] a promotion serves the same release, and says so when there is nothing to do', async () => {
    await environment('production', { deploys: 'promotion' });
    await heard('fifth');
    await serves('staging', 'orders.5');
    assert.equal(rollout('production')?.spec.release, 'orders.2');
    assert.equal((await ask()).status?.phase, 'Promoted');
    await serves('production', 'orders.5');
    const artifacts = world.engine.store
      .peekAll(ReplicaKind, 'shop', ({ spec }) => spec.release === 'orders.5')
      .map(({ spec }) => spec.artifact.digest);
    assert.equal(new Set(artifacts).size, 1);
    const before = rollout('production')?.metadata.generation;
    const count = (await decisions()).length;
    const again = await ask();
    assert.equal(again.status?.phase, 'Promoted');
    assert.equal(rollout('production')?.metadata.generation, before);
    assert.equal((await decisions()).length, count);
    const [newest] = await decisions();
    assert.deepEqual([newest?.allowed, newest?.actor], [true, 'alice']);
  });

  test('[PRO3] an approval is somebody else’s, and survives until it comes', async () => {
    await environment('production', { gates: [{ name: 'two-eyes-more', approval: { role: 'owner' } }] });
    await heard('sixth');
    await serves('staging', 'orders.6');
    const waiting = await ask();
    assert.equal(waiting.status?.phase, 'Waiting');
    assert.deepEqual(waiting.status?.waitsFor, [
      {
        gate: 'two-eyes-more',
        message:
          'two-eyes-more: needs the approval of an owner other than alice: ask bob to run: platform promote orders --to production --approve',
      },
    ]);
    assert.equal((await ask()).status?.phase, 'Waiting', 'who asked twice is still one person');
    await assert.rejects(ask({ approve: true }), { code: 'Forbidden' });
    assert.equal((await ask({}, { user: 'dan', from: 'test' })).status?.phase, 'Waiting', 'no owner');
    assert.equal(
      (await ask({ approve: true }, { user: 'automation:ci', from: 'test' })).status?.phase,
      'Waiting',
    );
    assert.equal(rollout('production')?.spec.release, 'orders.5');
    const { guarded } = world.capabilities;
    const overtaken: typeof guarded.mutate = async (...write) => {
      await ask({ release: '5' });
      return guarded.mutate(...write);
    };
    await assert.rejects(
      promote(
        { ...world.capabilities, guarded: { ...guarded, mutate: overtaken } },
        key('orders'),
        { to: 'production', approve: true },
        bob,
      ),
      { code: 'Conflict' },
      'what another asks for at the same moment is not what was approved',
    );
    assert.deepEqual((await ask({ release: '6' })).spec.approvals, []);
    assert.equal(rollout('production')?.spec.release, 'orders.5');
    assert.equal((await ask({ approve: true }, bob)).status?.phase, 'Promoted');
    await serves('production', 'orders.6');
    assert.equal(rollout('production')?.spec.requestedBy, 'alice');
    await assert.rejects(ask({ approve: true }, bob), { code: 'NotFound' });
  });

  test('[PRO5] only an owner changes the way around a gate', async () => {
    const { guarded } = world.capabilities;
    const dan = { user: 'dan', from: 'test' };
    const change = (spec: object, actor = dan) =>
      guarded.mutate(
        EnvironmentKind,
        key('production'),
        one => ({ ...one, spec: { ...one.spec, ...spec } }),
        actor,
      );
    for (const spec of [{ gates: [] }, { deploys: 'push' }, { order: 1 }])
      await assert.rejects(change(spec), { code: 'Forbidden' });
    await assert.rejects(guarded.delete(EnvironmentKind, key('production'), dan), { code: 'Forbidden' });
    await change({ description: 'What customers use.' });
    await change({ order: 1000 }, bob);
  });

  test('[PRO5] a rollback goes back to what has served, and is no way around a gate', async () => {
    for (const release of ['5', '6']) {
      await rollback(world.capabilities, key('orders'), release, alice);
      await serves('production', `orders.${release}`);
    }
  });

  test('[PRO3] a soak passes by itself', async () => {
    await environment('production', { gates: [{ name: 'soak', soak: '4s' }] });
    await heard('seventh');
    await serves('staging', 'orders.7');
    const waiting = await ask();
    assert.equal(waiting.status?.phase, 'Waiting');
    assert.match(waiting.status?.waitsFor?.[0]?.message ?? '', /orders\.7 must serve in staging for 4s/);
    await assert.rejects(rollback(world.capabilities, key('orders'), '7', alice), {
      code: 'Forbidden',
      message:
        'orders.7 has never served in production, which has gates: it is not rolled back to, but promoted',
    });
    await serves('production', 'orders.7');
    await world.until(
      'the status',
      () => world.engine.store.peek(PromotionKind, key('orders.production'))?.status?.phase === 'Promoted',
    );
    assert.match(
      (await ask({ release: '6' })).status?.waitsFor?.[0]?.message ?? '',
      /orders\.6 must serve in staging for 4s, where orders\.7 serves/,
    );
    await world.engine.store.delete(PromotionKind, key('orders.production'), alice);
    await environment('production', { gates: [{ name: 'soak', soak: '1h', soakIn: 'elsewhere' }] });
    assert.match(
      (await ask({ release: '6' })).status?.waitsFor?.[0]?.message ?? '',
      /orders\.6 must serve in elsewhere for 1h, where nothing serves/,
      'it soaks where the gate says',
    );
    await world.engine.store.delete(PromotionKind, key('orders.production'), alice);
    await environment('production', { gates: [] });
  });

  test('[PRO4] an older release that was promoted holds, and lifts a pin', async () => {
    await rollback(world.capabilities, key('orders'), '5', alice, 'staging');
    await serves('staging', 'orders.5');
    assert.equal(rollout('staging')?.spec.pin?.by, 'alice');
    assert.equal((await ask({ to: 'staging', release: '6' })).status?.phase, 'Promoted');
    await serves('staging', 'orders.6');
    assert.equal(rollout('staging')?.spec.pin, undefined);
    world.nudge('orders');
    await world.settle();
    assert.equal(rollout('staging')?.spec.release, 'orders.6');
    await heard('eighth');
    await serves('staging', 'orders.8');
  });

  test('what policies for the environment refuse stays out, in their words', async () => {
    const set = (action: string) =>
      world.engine.store.mutate(
        PolicyKind,
        { namespace: '', name: 'never-there' },
        one => ({ ...one, spec: { ...one.spec, action: action as 'deny' } }),
        alice,
      );
    await set('deny');
    await world.capabilities.policies.settled();
    await assert.rejects(ask(), (error: PlatformError) => {
      assert.equal(error.code, 'PolicyDenied');
      assert.match(error.message, /do not let orders\.8 reach production/);
      assert.match(error.evidence.join('\n'), /✘ never-there: /);
      return true;
    });
    assert.equal((await decisions())[0]?.allowed, false);
    assert.equal(rollout('production')?.spec.release, 'orders.7');
    await set('audit');
    await world.capabilities.policies.settled();
    assert.equal((await ask()).status?.phase, 'Promoted');
    await serves('production', 'orders.8');
  });

  test('a wish that cannot be is refused with what can', async () => {
    const says = (wish: object, code: string, words: RegExp) =>
      assert.rejects(ask(wish), (error: PlatformError) => {
        assert.equal(error.code, code);
        assert.match([error.message, ...error.evidence, error.next].join('\n'), words);
        return true;
      });
    await says({ to: 'prodution' }, 'NotFound', /Did you mean 'production'\?/);
    await says({ to: 'moon' }, 'NotFound', /Offered: staging, production\./);
    await says({ from: 'production' }, 'Invalid', /cannot be promoted to itself/);
    await says({ to: 'staging' }, 'Invalid', /no environment comes before staging/);
    await says({ release: '99' }, 'ReleaseNotFound', /Kept: orders\.8, orders\.7/);
    await assert.rejects(promote(world.capabilities, key('nothing'), { to: 'production' }, alice), {
      code: 'NotFound',
    });
  });

  test('an environment that names services has those alone; production only says what is other', async () => {
    const both = { services: [{ name: 'elsewhere', replicas: 1 }] };
    await environment('production', both);
    await environment('staging', both);
    await world.until('it to leave staging', () => rollout('staging') === undefined);
    assert.equal(rollout('production')?.status?.serving?.release, 'orders.8');
    await environment('production', { services: [{ name: 'orders', replicas: 2 }] });
    await world.until('two replicas', () => rollout('production')?.status?.readyReplicas === 2);
    await environment('staging', { services: [{ name: 'orders' }] });
    assert.equal((await ask({ to: 'staging', from: 'production' })).status?.phase, 'Promoted');
    await serves('staging', 'orders.8');
  });

  test('figures are of production alone; an environment that goes takes its rollouts along', async () => {
    const entries = await world.engine.ledger.read({ team: 'shop', service: 'orders' });
    const published = entries.filter(({ type }) => type === 'release.published');
    assert.ok(published.some(one => one.environment === 'staging'));
    const { total } = insightsOf(entries);
    assert.equal(total.changes.published, published.filter(one => one.environment === 'production').length);
    await world.engine.store.delete(EnvironmentKind, key('staging'), alice);
    await world.until('the rollout to go', () => rollout('staging') === undefined);
    await world.until(
      'its replicas to go',
      () =>
        world.engine.store.peekAll(ReplicaKind, 'shop', ({ spec }) => spec.environment === 'staging')
          .length === 0,
    );
    assert.equal(rollout('production')?.status?.serving?.release, 'orders.8');
  });
});
