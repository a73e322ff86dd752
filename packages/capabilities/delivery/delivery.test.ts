import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type Build,
  BuildKind,
  EnvironmentKind,
  isPlatformError,
  PlatformError,
  ReleaseKind,
  ReplicaKind,
  RolloutKind,
  RouteKind,
  reportOf,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import {
  deploy,
  insightsOf,
  type ReleaseLogQuery,
  releaseLog,
  reportPush,
  rollback,
  withKnownTemplates,
} from '../index.ts';
import { alice, createWorld, type World } from '../testing/world.ts';

const key = (name: string) => ({ namespace: 'shop', name });

describe('delivery', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world.close());

  const create = (name: string, spec: Record<string, unknown> = {}) =>
    world.engine.store.create(
      ServiceKind,
      { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny', ...spec } },
      alice,
    );
  const service = (name: string) => world.engine.store.peek(ServiceKind, key(name));
  const rollout = (name: string) => world.engine.store.peek(RolloutKind, key(`${name}.production`));
  const serving = (name: string) => rollout(name)?.status?.serving?.release;
  const serves = (name: string, release: string) =>
    world.until(
      `${release} to serve`,
      () => serving(name) === release && service(name)?.status?.release === release,
    );

  test('a team has its namespace and production', async () => {
    await world.until('production', () => world.engine.store.peek(EnvironmentKind, key('production')));
    const production = await world.until('its status', () => {
      const found = world.engine.store.peek(EnvironmentKind, key('production'));
      return found?.status?.conditions && found;
    });
    assert.equal(production.status?.services, 0);
    assert.equal(production.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });

  test('a service from a template is released and serves; nothing changes when looked at again', async () => {
    await create('orders');
    await serves('orders', 'orders.1');
    assert.equal(service('orders')?.status?.phase, 'Running');
    assert.equal(service('orders')?.status?.url, 'http://orders.localhost:7080');
    await world.until(
      'production to count it',
      () => world.engine.store.peek(EnvironmentKind, key('production'))?.status?.services === 1,
    );
    await world.settle();
    const { resourceVersion } = await world.engine.store.list(ServiceKind);
    world.nudge('orders');
    await world.settle();
    assert.equal((await world.engine.store.list(ServiceKind)).resourceVersion, resourceVersion);
  });

  test('a push replaces the release; the old replicas go', async () => {
    await world.push('orders', 'second');
    await serves('orders', 'orders.2');
    await world.until(
      'one replica',
      () =>
        world.engine.store.peekAll(ReplicaKind, 'shop', one => one.spec.service === 'orders').length === 1,
    );
    assert.deepEqual(
      world.engine.store.peek(RouteKind, key('orders.production'))?.spec.backends.map(one => one.release),
      ['orders.2'],
    );
  });

  test('[DEL4] a rollback holds against everything until now, and a newer push moves on', async () => {
    await rollback(world.capabilities, key('orders'), undefined, alice);
    await serves('orders', 'orders.1');
    world.nudge('orders');
    await world.settle();
    assert.equal(serving('orders'), 'orders.1');
    await world.push('orders', 'third');
    await serves('orders', 'orders.3');
    assert.equal(rollout('orders')?.spec.pin, undefined);
    await assert.rejects(rollback(world.capabilities, key('orders'), '99', alice), error =>
      isPlatformError(error, 'ReleaseNotFound'),
    );
  });

  test('[DEL3] a release that does not start leaves the previous one serving, with the cause', async () => {
    const failure = reportOf(
      new PlatformError('ProcessExited', 'exit code 7', { evidence: ['cannot find the moon'] }),
    );
    world.behaviour.replica = replica => (replica.spec.service === 'orders' ? failure : undefined);
    const lines: string[] = [];
    const before = service('orders')?.status?.push?.commit;
    const commit = await world.push('orders', 'broken');
    for await (const line of reportPush(
      world.capabilities,
      {
        id: { team: 'shop', service: 'orders' },
        user: 'alice',
        updates: [{ ref: 'refs/heads/main', before, after: commit }],
      },
      one => world.nudge(one.name),
      AbortSignal.timeout(180_000),
    ))
      lines.push(line);
    assert.match(
      lines.join('\n'),
      /exit code 7[\s\S]*cannot find the moon[\s\S]*next: [\s\S]*orders\.3 goes on serving/,
    );
    assert.match(lines.join('\n'), /log: {2}platform logs orders --team shop --release 4$/m);
    await world.until('the failure', () => service('orders')?.status?.failure);
    assert.equal(service('orders')?.status?.phase, 'Running');
    assert.equal(serving('orders'), 'orders.3');
    world.behaviour.replica = () => undefined;
    await world.settle();
    assert.equal(serving('orders'), 'orders.3', 'a failed attempt is not repeated by itself');
    await deploy(world.capabilities, key('orders'), undefined, alice);
    await serves('orders', 'orders.5');
    assert.equal(service('orders')?.status?.failure, undefined);
  });

  test('[DEL10] the log of a release that failed or was replaced can be read, by name, sequence or as the previous', async () => {
    const { printed } = world.behaviour;
    for (const replica of world.engine.store.peekAll(ReplicaKind, 'shop'))
      if (replica.spec.release === 'orders.5') printed.set(replica.metadata.name, ['I serve']);
    const [serves = ''] = printed.keys();
    printed.set(serves.replace('.5-', '.4-'), ['cannot find the moon']);
    printed.set(serves.replace('.5-', '.4-').replace('-web-', '-my-worker-'), ['I work']);
    printed.set(serves.replace('orders.', 'orders-too.').replace('.5-', '.9-'), ['not mine']);
    printed.set('smoke', ['no replica of ours']);
    const read = async (release: ReleaseLogQuery['release'], process?: string) => {
      const lines: string[] = [];
      const query = { release, ...(process === undefined ? {} : { process }) };
      for await (const line of releaseLog(
        world.capabilities,
        key('orders'),
        query,
        AbortSignal.timeout(180_000),
      ))
        lines.push(line);
      return lines;
    };
    const failed = ['4 web.0 | cannot find the moon', '4 my-worker.0 | I work'];
    assert.deepEqual(await read({ named: '4' }), failed);
    assert.deepEqual(await read({ named: 'orders.4' }), failed);
    assert.deepEqual(await read('previous', 'my_worker'), ['4 my-worker.0 | I work']);
    assert.deepEqual(await read({ named: '5' }), ['5 web.0 | I serve']);
    await assert.rejects(read({ named: '9' }), error => {
      assert.ok(isPlatformError(error, 'NotFound'));
      assert.match(error.evidence.join(), /orders\.5, orders\.4/);
      return true;
    });
  });

  test('a failed smoke check sends the traffic back', async () => {
    await create('checked', { smoke: { path: '/ready', status: 204 } });
    world.behaviour.visit = () => 204;
    await serves('checked', 'checked.1');
    world.behaviour.visit = () => 500;
    await world.push('checked', 'worse');
    await world.until(
      'the failure',
      () => rollout('checked')?.status?.failed?.failure.code === 'SmokeCheckFailed',
    );
    await world.until('the old backends', () =>
      world.engine.store
        .peek(RouteKind, key('checked.production'))
        ?.spec.backends.every(one => one.release === 'checked.1'),
    );
    await world.until(
      'the new replicas to go',
      () =>
        world.engine.store.peekAll(ReplicaKind, 'shop', one => one.spec.release === 'checked.2').length === 0,
    );
  });

  describe('a release that ends right after it had taken the traffic', () => {
    const replicaOf = (release: string) =>
      world.engine.store.peekAll(ReplicaKind, 'shop', one => one.spec.release === release)[0];
    const backends = (name: string) =>
      world.engine.store
        .peek(RouteKind, key(`${name}.production`))
        ?.spec.backends.map(one => [one.release, one.weight]);
    const crash = async (release: string): Promise<void> => {
      const replica = await world.until(`a replica of ${release}`, () => replicaOf(release));
      const failure = reportOf(new PlatformError('ProcessExited', 'exit code 9', { evidence: ['boom'] }));
      await world.report(replica, { phase: 'Starting', restarts: 1, failure, exitCode: 9 });
    };

    test('[DEL9] gives it back, with the cause; the next push is tried', async () => {
      await create('hasty');
      await serves('hasty', 'hasty.1');
      await world.push('hasty', 'crashes on the first request');
      await world.until('the switch', () => serving('hasty') === 'hasty.2');
      assert.deepEqual(backends('hasty'), [
        ['hasty.1', 0],
        ['hasty.2', 1],
      ]);
      await crash('hasty.2');
      await world.until('the old one', () => serving('hasty') === 'hasty.1');
      await world.until('its traffic', () => backends('hasty')?.join() === 'hasty.1,1');
      const { failed, phase } = rollout('hasty')?.status ?? {};
      assert.equal(phase, 'Failed');
      assert.equal(failed?.release, 'hasty.2');
      assert.match(failed?.failure.message ?? '', /right after it had taken the traffic: exit code 9/);
      assert.deepEqual(failed?.failure.evidence, ['boom']);
      await world.until('the broken one to go', () => replicaOf('hasty.2') === undefined);
      await world.until('the service to say so', () => service('hasty')?.status?.failure);
      assert.equal(service('hasty')?.status?.phase, 'Running');
      const [back] = await world.engine.ledger
        .read({ team: 'shop', service: 'hasty' })
        .then(entries => entries.filter(({ type }) => type === 'release.rolledback'));
      assert.deepEqual([back?.data?.release, back?.data?.from], ['hasty.1', 'hasty.2']);
      await world.push('hasty', 'mended');
      await serves('hasty', 'hasty.3');
    });

    test('after its probation it is restarted like any other, and what it replaced is gone', async () => {
      await create('steady');
      await serves('steady', 'steady.1');
      await world.push('steady', 'second');
      await serves('steady', 'steady.2');
      await world.until('the old one to go', () => replicaOf('steady.1') === undefined);
      assert.deepEqual(backends('steady'), [['steady.2', 1]]);
      await crash('steady.2');
      await world.settle();
      assert.equal(serving('steady'), 'steady.2');
      assert.equal(rollout('steady')?.status?.failed, undefined);
    });

    test('a worker that it replaced waits, stopped, and works again', async () => {
      const processes = { web: 'serve', worker: 'work' };
      world.behaviour.processes = processes;
      await create('works');
      await serves('works', 'works.1');
      await world.push('works', 'second');
      await world.until('the switch', () => serving('works') === 'works.2');
      const worker = () =>
        world.engine.store.peekAll(
          ReplicaKind,
          'shop',
          one => one.spec.release === 'works.1' && one.spec.process === 'worker',
        )[0];
      await world.until('the old worker to stop', () => worker()?.spec.stop);
      for (const { spec, metadata } of world.engine.store.peekAll(ReplicaKind, 'shop'))
        if (spec.release === 'works.2' && spec.process === 'web')
          await world.report(world.engine.store.peek(ReplicaKind, key(metadata.name))!, {
            phase: 'Starting',
            restarts: 1,
            failure: reportOf(new PlatformError('ProcessExited', 'exit code 9')),
          });
      await world.until('the old worker to go on', () => worker()?.spec.stop === false);
      assert.equal(serving('works'), 'works.1');
      world.behaviour.processes = { web: 'serve' };
    });
  });

  test('[DEL1] of builds under way the newest wins', async () => {
    world.behaviour.build = (build: Build) =>
      build.spec.sequence === 2 && build.spec.service === 'raced' ? 'hang' : undefined;
    await create('raced');
    await serves('raced', 'raced.1');
    await world.push('raced', 'slow');
    await world.until('the slow build', () => world.engine.store.peek(BuildKind, key('raced.2')));
    await world.push('raced', 'fast');
    await serves('raced', 'raced.3');
    assert.equal(world.engine.store.peek(BuildKind, key('raced.2'))?.status?.phase, 'Superseded');
    world.behaviour.build = () => undefined;
  });

  test('a failed build is the service’s failure', async () => {
    world.behaviour.build = () =>
      reportOf(new PlatformError('TestsFailed', 'two tests failed', { evidence: ['expected 1'] }));
    await create('untested');
    await world.until('the failure', () => service('untested')?.status?.failure?.code === 'TestsFailed');
    assert.equal(service('untested')?.status?.phase, 'Failed');
    world.behaviour.build = () => undefined;
  });

  test('an unknown template is refused with those that are offered, at creation and by a change', async () => {
    const store = withKnownTemplates(world.engine.store, world.capabilities.templates.names);
    const made = (name: string, template: string) =>
      store.create(ServiceKind, { metadata: { name, namespace: 'shop' }, spec: { template } }, alice);
    const refused = (meant: RegExp) => (error: unknown) => {
      assert.ok(isPlatformError(error, 'Invalid'));
      assert.match(error.message, /no template .*Offered: empty, tiny/);
      assert.match(error.next, meant);
      return true;
    };
    await assert.rejects(made('never', 'tinny'), refused(/Did you mean 'tiny'\?/));
    await assert.rejects(made('never', 'cathedral'), refused(/Choose one/));
    assert.equal(service('never'), undefined);
    await made('modest', 'empty');
    const change = (spec: object) =>
      store.mutate(ServiceKind, key('modest'), one => ({ ...one, spec: { ...one.spec, ...spec } }), alice);
    await assert.rejects(change({ template: 'cathedral' }), refused(/Choose one/));
    await change({ description: 'still the same template' });
    await world.engine.store.delete(ServiceKind, key('modest'), alice);
    await world.until('the deletion', () => service('modest') === undefined);
    await world.settle();
    const insights = insightsOf(await world.engine.ledger.read({ team: 'shop' }));
    assert.ok(!insights.services.some(one => one.service === 'modest'));
    assert.ok(insights.services.some(one => one.service === 'untested'));
  });

  test('[DEL8] a creation that failed is in the ledger once, with its step', async () => {
    world.nudge('untested');
    await world.settle();
    const entries = await world.engine.ledger.read({ team: 'shop', service: 'untested' });
    const [failed, ...more] = entries.filter(({ type }) => type === 'service.failed');
    assert.deepEqual([failed?.data?.step, failed?.data?.code, more], ['build', 'TestsFailed', []]);
    assert.equal(insightsOf(entries).total.failures.TestsFailed, 1);
  });

  test('a template that is offered no more is said, and mended by changing it', async () => {
    await create('lost', { template: 'http-servise' });
    await world.until('the reason', () =>
      service('lost')?.status?.conditions?.some(one => one.reason === 'UnknownTemplate'),
    );
    await world.engine.store.mutate(
      ServiceKind,
      key('lost'),
      one => ({ ...one, spec: { ...one.spec, template: 'tiny' } }),
      alice,
    );
    await serves('lost', 'lost.1');
  });

  test('the second service of a name gets only the long host name, and is told', async () => {
    await world.engine.store.create(TeamKind, { metadata: { name: 'rival' } }, alice);
    await world.until('the namespace', () =>
      world.engine.store.peek(EnvironmentKind, { namespace: 'rival', name: 'production' }),
    );
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name: 'orders', namespace: 'rival' }, spec: { template: 'tiny' } },
      alice,
    );
    const other = () => world.engine.store.peek(ServiceKind, { namespace: 'rival', name: 'orders' });
    await world.until('it to run', () => other()?.status?.phase === 'Running');
    assert.equal(other()?.status?.url, 'http://orders.rival.localhost:7080');
    assert.match(
      other()?.status?.conditions?.find(one => one.type === 'ShortHostName')?.message ?? '',
      /belongs to team shop/,
    );
  });

  test('old releases go, those in use stay', async () => {
    await create('kept', { keepReleases: 2 });
    await serves('kept', 'kept.1');
    for (let number = 2; number <= 4; number += 1) {
      await world.push('kept', `n${number}`);
      await serves('kept', `kept.${number}`);
    }
    await world.until(
      'two releases',
      () => world.engine.store.peekAll(ReleaseKind, 'shop', one => one.spec.service === 'kept').length === 2,
    );
  });

  test('[DEL8] the ledger has each step once, and insights come from it', async () => {
    await world.settle();
    const entries = await world.engine.ledger.read({ team: 'shop', service: 'orders' });
    const count = (type: string) => entries.filter(entry => entry.type === type).length;
    assert.equal(count('service.created'), 1);
    assert.equal(count('change.pushed'), 4);
    assert.equal(count('rollout.failed'), 1);
    assert.equal(count('release.rolledback'), 1);
    assert.equal(count('release.published'), 4);
    const { total } = insightsOf(entries);
    assert.equal(total.leadTime.n, 3);
    assert.equal(total.failures.ProcessExited, 1);
    assert.equal(total.changeFailureRate, 0.25);
  });

  test('deleting a service takes everything of it along; a team with services stays', async () => {
    await world.engine.store.delete(TeamKind, { namespace: '', name: 'rival' }, alice);
    await world.settle();
    assert.ok(world.engine.store.peek(TeamKind, { namespace: '', name: 'rival' }));
    await world.engine.store.delete(ServiceKind, { namespace: 'rival', name: 'orders' }, alice);
    await world.until(
      'the team to go',
      () => world.engine.store.peek(TeamKind, { namespace: '', name: 'rival' }) === undefined,
    );
    for (const kind of [BuildKind, ReleaseKind, RolloutKind, ReplicaKind, RouteKind])
      await world.until(`${kind.plural} to go`, () => world.engine.store.peekAll(kind, 'rival').length === 0);
  });
});
