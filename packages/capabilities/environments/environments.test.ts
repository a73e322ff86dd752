import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Notice } from '@causeway/contracts';
import {
  BuildKind,
  EnvironmentKind,
  EnvironmentRequestKind,
  EventKind,
  findCondition,
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
import { serviceLog } from '../logs/service-log.ts';
import { alice, createWorld, type World } from '../testing/world.ts';
import { extend, recreate, renew } from './actions/life-actions.ts';
import { retry } from './actions/retry.ts';
import { environmentController } from './environment/environment-controller.ts';

const key = (name: string) => ({ namespace: 'shop', name });

describe('environments on request', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    for (const name of ['payments-api', 'payments-worker']) {
      await world.engine.store.create(
        ServiceKind,
        { metadata: { name, namespace: 'shop' }, spec: { template: 'tiny' } },
        alice,
      );
      await world.until(
        `${name} to serve`,
        () => world.engine.store.peek(RolloutKind, key(`${name}.production`))?.status?.serving,
      );
    }
  });
  after(() => world.close());

  const ask = (name: string, spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) =>
    world.capabilities.guarded.create(
      EnvironmentRequestKind,
      {
        metadata: { name, namespace: 'shop', ...metadata },
        spec: { services: [{ name: 'payments-api' }], ...spec },
      },
      alice,
    );
  const request = (name: string) => world.engine.store.peek(EnvironmentRequestKind, key(name));
  const environment = (name: string) => world.engine.store.peek(EnvironmentKind, key(name));
  const ready = (name: string) =>
    world.until(`${name} to be ready`, () => {
      const found = request(name);
      return findCondition(found?.status?.conditions, 'Ready')?.status === 'True' && found;
    });
  const inIt = (name: string) => {
    const { store } = world.engine;
    const where = ({ spec }: { spec: { environment: string } }) => spec.environment === name;
    return {
      rollouts: store.peekAll(RolloutKind, 'shop', where).length,
      replicas: store.peekAll(ReplicaKind, 'shop', where).length,
      routes: store.peekAll(RouteKind, 'shop', where).length,
      environments: environment(name) ? 1 : 0,
    };
  };
  const nothing = { rollouts: 0, replicas: 0, routes: 0, environments: 0 };
  const goneFrom = (name: string) =>
    world.until(`nothing of ${name} to be left`, () => {
      const left = inIt(name);
      return Object.values(left).every(count => count === 0);
    });
  const remove = (name: string) =>
    world.capabilities.guarded.delete(EnvironmentRequestKind, key(name), alice);

  test('[ENV1] a request becomes an environment in which its services serve, and each shows the other', async () => {
    await ask('payments-staging', {
      owner: 'shop',
      purpose: 'integration-test',
      lifetime: '14d',
      region: 'eu-central-1',
      dataClassification: 'internal',
      services: [
        { name: 'payments-api', replicas: 2, variables: [{ name: 'MODE', value: 'test' }] },
        { name: 'payments-worker', replicas: 1 },
      ],
    });
    const { status } = await ready('payments-staging');
    assert.deepEqual(status?.urls, {
      'payments-api': 'http://payments-api.payments-staging.shop.localhost:7080',
      'payments-worker': 'http://payments-worker.payments-staging.shop.localhost:7080',
    });
    assert.equal(status?.phase, 'Ready');
    assert.equal(status?.environment, 'payments-staging');
    assert.equal(environment('payments-staging')?.spec.request, 'payments-staging');
    assert.ok(typeof status?.readyAfterMs === 'number' && status.readyAfterMs < 60_000);
    const startsAt = environment('payments-staging')?.spec.startsAt ?? '';
    assert.equal(Date.parse(status?.expiresAt ?? '') - Date.parse(startsAt), 14 * 86_400_000);
    const replicas = world.engine.store.peekAll(
      ReplicaKind,
      'shop',
      ({ spec }) => spec.environment === 'payments-staging' && spec.service === 'payments-api',
    );
    assert.equal(replicas.length, 2);
    assert.equal(replicas[0]?.spec.variables.MODE, 'test');
    assert.equal(replicas[0]?.spec.variables.CAUSEWAY_ENVIRONMENT, 'payments-staging');
    assert.equal(
      world.engine.store.peek(RolloutKind, key('payments-api.production'))?.spec.settings,
      undefined,
    );
  });

  test('[ENV2] nothing changes when it is looked at again, and what is asked for later is done', async () => {
    await world.settle();
    const before = (await world.engine.store.list(EnvironmentKind)).resourceVersion;
    await world.settle();
    assert.equal((await world.engine.store.list(EnvironmentKind)).resourceVersion, before);
    await world.capabilities.guarded.mutate(
      EnvironmentRequestKind,
      key('payments-staging'),
      one => ({ ...one, spec: { ...one.spec, services: [{ name: 'payments-api', replicas: 1 }] } }),
      alice,
    );
    await world.until('one service', () => {
      const left = inIt('payments-staging');
      return left.rollouts === 1 && left.replicas === 1 && left.routes === 1;
    });
    await ready('payments-staging');
  });

  test('[ENV3] a request that goes takes all with it', async () => {
    await remove('payments-staging');
    await goneFrom('payments-staging');
    await world.until('the request to go', () => request('payments-staging') === undefined);
  });

  test('[ENV4] an environment ends when its time is over, not before, and comes back only when asked', async () => {
    const began = Date.now();
    await ask('short', { lifetime: '3s' });
    await ready('short');
    await world.until('its end', () => request('short')?.status?.phase === 'Gone');
    assert.ok(Date.now() - began >= 3000, 'it is never early');
    assert.deepEqual(inIt('short'), nothing);
    assert.equal(request('short')?.status?.gone?.reason, 'Expired');
    assert.equal(findCondition(request('short')?.status?.conditions, 'Ready')?.reason, 'Expired');
    await world.settle();
    assert.equal(environment('short'), undefined);
    await world.engine.store.mutate(
      EnvironmentRequestKind,
      key('short'),
      one => ({ ...one, spec: { ...one.spec, lifetime: '1h' } }),
      alice,
    );
    await recreate(world.capabilities, key('short'), alice);
    await ready('short');
    await assert.rejects(recreate(world.capabilities, key('short'), alice), error =>
      isPlatformError(error, 'Conflict'),
    );
    await remove('short');
    await goneFrom('short');
  });

  test('[ENV5] it is extended and renewed as far as any may last', async () => {
    await ask('long', { lifetime: '10d' });
    await ready('long');
    const expires = () => Date.parse(environment('long')?.status?.expiresAt ?? '');
    const before = expires();
    await extend(world.capabilities, key('long'), '7d', alice);
    await world.until('the later end', () => expires() === before + 7 * 86_400_000);
    await assert.rejects(
      extend(world.capabilities, key('long'), '80d', alice),
      /would be there for longer than environments may be here, 90d\./,
    );
    for (const by of ['', 'soon', '-1d', '0s', undefined])
      await assert.rejects(extend(world.capabilities, key('long'), by, alice), error =>
        isPlatformError(error, 'BadRequest'),
      );
    for (const field of ['startsAt', 'lifetime'] as const)
      await assert.rejects(
        world.capabilities.guarded.mutate(
          EnvironmentKind,
          key('long'),
          one => ({ ...one, spec: { ...one.spec, [field]: undefined } }),
          alice,
        ),
        /'long' would never end\./,
      );
    const extended = expires();
    await renew(world.capabilities, key('long'), alice);
    await world.until('its life to begin anew', () => environment('long')?.spec.extension?.endsWith('ms'));
    await world.settle();
    assert.equal(expires(), extended, 'renewed, it does not end sooner than it was extended to');
    await world.capabilities.guarded.mutate(
      EnvironmentKind,
      key('long'),
      one => ({ ...one, spec: { ...one.spec, extension: undefined } }),
      alice,
    );
    await renew(world.capabilities, key('long'), alice);
    await world.until('the new beginning', () => expires() < before + 7 * 86_400_000);
    assert.ok(expires() >= before);
    await assert.rejects(
      extend(world.capabilities, key('production'), '7d', alice),
      /'production' is a standing environment/,
    );
    await remove('long');
    await goneFrom('long');
  });

  test('[ENV4] one whose lifetime is made so short that it is over has ended, and nobody deleted it', async () => {
    await ask('shorter', { lifetime: '14d', services: [{ name: 'payments-api' }] });
    await ready('shorter');
    await world.capabilities.guarded.mutate(
      EnvironmentRequestKind,
      key('shorter'),
      one => ({ ...one, spec: { ...one.spec, lifetime: '1ms' } }),
      alice,
    );
    const gone = await world.until('it to be gone', () => request('shorter')?.status?.gone);
    assert.equal(gone.reason, 'Expired');
    await remove('shorter');
    await goneFrom('shorter');
  });

  test('[ENV6] what can never be is refused in one sentence with the nearest right answer', async () => {
    const refused = async (spec: Record<string, unknown>, words: RegExp, metadata = {}) =>
      assert.rejects(ask('wrong', spec, metadata), (error: PlatformError) => {
        assert.match(error.message, words);
        return error.code === 'Invalid';
      });
    await refused(
      { services: [{ name: 'payment-api' }] },
      /^There is no service 'payment-api' in shop\. Did you mean 'payments-api'\?$/,
    );
    await refused({ services: [{ name: 'zzz' }] }, /shop has: payments-api, payments-worker\.$/);
    await refused({ services: [] }, /No service is named/);
    await refused(
      { region: 'eu-central1' },
      /^The region 'eu-central1' is not offered\. Offered: eu-central-1, eu-west-1\. Did you mean 'eu-central-1'\?$/,
    );
    await refused(
      { owner: 'payments-team' },
      /The owner of 'wrong' is payments-team, but it is asked for in shop\. Ask for it in the owner’s own team/,
    );
    await refused({ owner: 'shpo' }, /asked for in shop\. Did you mean 'shop'\? Otherwise ask for it/);
    await refused({ owner: 'shpo' }, /^There is no team 'shpo'\. Did you mean 'shop'\?$/, {
      namespace: 'shpo',
    });
    await refused({ lifetime: '91d' }, /longer than environments may be here, 90d/);
    await refused({ lifetime: '0s' }, /no time at all/);
    await refused(
      { schedule: { sleepAt: '20:00', wakeAt: '20:00' } },
      /fall asleep and wake at the same time/,
    );
    await refused({ databases: [{ name: 'orders' }] }, /does not offer databases/);
    await refused(
      { services: [{ name: 'payments-api', branch: 'a', revision: 'b' }] },
      /more than one of revision, branch and changeRequest/,
    );
    await assert.rejects(ask('production'), /There is an environment 'production' already/);
    await assert.rejects(
      world.capabilities.guarded.create(
        EnvironmentKind,
        { metadata: { name: 'by-hand', namespace: 'shop' }, spec: { type: 'requested' } },
        alice,
      ),
      /Ask for it with an EnvironmentRequest/,
    );
  });

  test('production that is deleted is there again as at first, serves all the time, and is nobody’s request', async () => {
    const { store } = world.engine;
    const before = environment('production');
    await store.mutate(
      EnvironmentKind,
      key('production'),
      one => ({ ...one, spec: { ...one.spec, deploys: 'promotion' } }),
      alice,
    );
    const serving = () => store.peek(RolloutKind, key('payments-api.production'))?.status?.serving;
    const served = serving();
    assert.ok(served);
    await world.capabilities.guarded.delete(EnvironmentKind, key('production'), alice);
    await assert.rejects(ask('production'), /There is an environment 'production' already/);
    const anew = await world.until('production to be there again', () => {
      const found = environment('production');
      return found && found.metadata.uid !== before?.metadata.uid && found;
    });
    assert.equal(anew.spec.deploys, 'push');
    assert.equal(anew.spec.type, 'standing');
    assert.deepEqual(serving(), served);
  });

  test('[ENV7] a quota used up names what may go', async () => {
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
    await ask('first');
    await ready('first');
    await quota(2);
    await assert.rejects(
      ask('second'),
      /shop may have 2 environments, and has them\. Wait for the end of one of first, or delete one: platform env delete first --team shop\./,
    );
    await quota(undefined);
    await remove('first');
    await goneFrom('first');
  });

  test('[ENV8] a service that does not start is told with its last lines, and the others serve', async () => {
    const failure = reportOf(
      new PlatformError('ProcessExited', 'exit code 7', { evidence: ['cannot find the moon'] }),
    );
    world.behaviour.replica = ({ spec }) =>
      spec.environment === 'half' && spec.service === 'payments-worker' ? failure : undefined;
    await ask('half', {
      services: [{ name: 'payments-api' }, { name: 'payments-worker' }],
      variables: [{ name: 'MOON', value: 'away' }],
    });
    const found = await world.until('the failure', () => {
      const one = request('half');
      return one?.status?.phase === 'Degraded' && one;
    });
    const [api, worker] = found.status?.progress ?? [];
    await world.until('the other to serve', () => request('half')?.status?.progress?.[0]?.step === 'Serving');
    assert.equal(api?.name, 'payments-api');
    assert.equal(worker?.step, 'Failed');
    assert.deepEqual(worker?.failure?.evidence, ['cannot find the moon']);
    assert.equal(
      worker?.failure?.next,
      'payments-worker.1 serves in production, so look at the variables MOON; then change the request.',
    );
    assert.match(
      findCondition(found.status?.conditions, 'Ready')?.message ?? '',
      /payments-worker: .*exit code 7/,
    );
    world.behaviour.replica = () => undefined;
    await world.settle();
    assert.equal(request('half')?.status?.phase, 'Degraded', 'it is not tried again by itself');
    await retry(world.capabilities, key('half'), alice);
    await ready('half');
    await assert.rejects(retry(world.capabilities, key('half'), alice), /Nothing has failed in 'half'/);
    await remove('half');
    await goneFrom('half');
  });

  test('[ENV9] a commit that nobody released is built for the environment alone', async () => {
    const earlier = world.engine.store.peek(ServiceKind, key('payments-api'))?.status?.push?.commit ?? '';
    await world.push('payments-api', 'second');
    await world.until(
      'the second release',
      () =>
        world.engine.store.peek(RolloutKind, key('payments-api.production'))?.status?.serving?.release !==
        'payments-api.1',
    );
    for (const { metadata } of world.engine.store.peekAll(
      ReleaseKind,
      'shop',
      ({ spec }) => spec.service === 'payments-api' && spec.commit === earlier,
    ))
      await world.engine.store.delete(ReleaseKind, key(metadata.name), alice);
    for (const { metadata } of world.engine.store.peekAll(
      BuildKind,
      'shop',
      ({ spec }) => spec.commit === earlier,
    ))
      await world.engine.store.delete(BuildKind, key(metadata.name), alice);
    const serving = world.engine.store.peek(RolloutKind, key('payments-api.production'))?.status?.serving
      ?.release;
    await ask('pinned', { services: [{ name: 'payments-api', revision: earlier }] });
    await ready('pinned');
    const rollout = world.engine.store.peek(RolloutKind, key('payments-api.pinned'));
    const release = world.engine.store.peek(ReleaseKind, key(rollout?.spec.release ?? ''));
    assert.equal(release?.spec.commit, earlier);
    assert.equal(release?.spec.reason, 'environment');
    assert.equal(
      world.engine.store.peek(RolloutKind, key('payments-api.production'))?.status?.serving?.release,
      serving,
    );
    await remove('pinned');
    await goneFrom('pinned');
    await world.until(
      'its build and release to go',
      () =>
        world.engine.store.peekAll(BuildKind, 'shop', ({ spec }) => spec.reason === 'environment').length ===
          0 &&
        world.engine.store.peekAll(ReleaseKind, 'shop', ({ spec }) => spec.reason === 'environment')
          .length === 0,
    );
  });

  test('what a service prints is read where it runs, production by default', async () => {
    await ask('noisy');
    await ready('noisy');
    for (const { metadata, spec } of world.engine.store.peekAll(
      ReplicaKind,
      'shop',
      one => one.spec.service === 'payments-api',
    ))
      world.behaviour.printed.set(metadata.name, [`from ${spec.environment}`]);
    const printed = async (environment?: string) => {
      const lines: string[] = [];
      const query = { follow: false, ...(environment === undefined ? {} : { environment }) };
      const signal = AbortSignal.timeout(180_000);
      for await (const line of serviceLog(world.capabilities, key('payments-api'), query, signal))
        lines.push(line.replace(/^.* \| /, ''));
      return [...new Set(lines)];
    };
    assert.deepEqual(await printed(), ['from production']);
    assert.deepEqual(await printed('noisy'), ['from noisy']);
    await assert.rejects(printed('nosy'), error => isPlatformError(error, 'NotFound'));
    await remove('noisy');
    await goneFrom('noisy');
  });

  test('a branch that is not there is said, and runs once it is', async () => {
    await ask('branchy', { services: [{ name: 'payments-api', branch: 'feature/refunds' }] });
    await world.until('the words', () =>
      /no branch 'feature\/refunds'/.test(
        findCondition(request('branchy')?.status?.conditions, 'Ready')?.message ?? '',
      ),
    );
    await remove('branchy');
    await goneFrom('branchy');
  });

  test('[ENV10] its owner is told before it goes, once, also after an outage', async () => {
    const notices: Notice[] = [];
    let deaf = true;
    world.behaviour.notify = (_url, notice) => {
      if (deaf) throw new PlatformError('Unavailable', 'nobody listens');
      notices.push(notice);
    };
    const setWebhook = (webhook: string | undefined) =>
      world.engine.store.mutate(
        TeamKind,
        { namespace: '', name: 'shop' },
        one => {
          const { webhook: _webhook, ...spec } = one.spec;
          return { ...one, spec: webhook === undefined ? spec : { ...spec, webhook } };
        },
        alice,
      );
    await setWebhook('http://127.0.0.1:9/hook');
    await ask('ending', { lifetime: '5d' });
    await ready('ending');
    // As if it had begun long ago: its last hour has come.
    await world.engine.store.mutate(
      EnvironmentKind,
      key('ending'),
      one => ({
        ...one,
        spec: { ...one.spec, startsAt: new Date(Date.now() - 5 * 86_400_000 + 1_800_000).toISOString() },
      }),
      alice,
    );
    await world.until('it to be expiring', () => request('ending')?.status?.phase === 'Expiring');
    assert.equal(findCondition(request('ending')?.status?.conditions, 'Expiring')?.status, 'True');
    assert.equal(notices.length, 0);
    const { after: again = Number.POSITIVE_INFINITY } =
      (await environmentController(world.capabilities).reconcile(
        key('ending'),
        AbortSignal.timeout(180_000),
      )) ?? {};
    assert.ok(again <= 60_000, `it is told again in ${again} ms though nothing else happens`);
    deaf = false;
    await world.engine.store.mutate(
      EnvironmentKind,
      key('ending'),
      one => ({ ...one, metadata: { ...one.metadata, labels: { seen: 'again' } } }),
      alice,
    );
    await world.until('the notice', () => notices.length === 1);
    await world.settle();
    assert.equal(notices.length, 1);
    assert.equal(notices[0]?.type, 'dev.causeway.environment.expiring');
    assert.equal(notices[0]?.data.environment, 'ending');
    await world.until('the event', () =>
      world.engine.store
        .peekAll(EventKind, 'shop')
        .some(event => (event as unknown as { reason: string }).reason === 'Expiring'),
    );
    await setWebhook(undefined);
    world.behaviour.notify = () => {};
    await remove('ending');
    await goneFrom('ending');
  });

  test('[ENV11] what must be cleaned up outside is asked for until it is', async () => {
    const asked: string[] = [];
    let works = false;
    world.behaviour.notify = (url, { data }) => {
      asked.push(`${url} ${data.cleanup}`);
      if (!works) throw new PlatformError('Unavailable', 'the answer is 503');
    };
    await ask('outside', { cleanup: [{ name: 'bucket', url: 'http://127.0.0.1:9/bucket' }] });
    await ready('outside');
    await remove('outside');
    await world.until('what it waits for', () =>
      /Waits for the clean-up of bucket \(the answer is 503\)/.test(
        findCondition(environment('outside')?.status?.conditions, 'Ready')?.message ?? '',
      ),
    );
    assert.deepEqual({ ...inIt('outside'), environments: 0 }, nothing);
    works = true;
    // Anything that makes it look again.
    await world.engine.store.mutate(
      EnvironmentKind,
      key('outside'),
      one => ({ ...one, metadata: { ...one.metadata, labels: { seen: 'again' } } }),
      alice,
    );
    await goneFrom('outside');
    assert.ok(asked.every(one => one === 'http://127.0.0.1:9/bucket bucket'));
    world.behaviour.notify = () => {};
  });

  test('a service that is still being deployed is waited for, and said', async () => {
    world.behaviour.build = ({ spec }) => (spec.service === 'slow' ? 'hang' : undefined);
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name: 'slow', namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    await ask('early', { services: [{ name: 'slow' }] });
    await world.until('what it waits for', () => {
      const [progress] = request('early')?.status?.progress ?? [];
      return progress?.step === 'Releasing' && /first release of slow: push to main/.test(progress.message);
    });
    world.behaviour.build = () => undefined;
    const build = await world.until('its build', () =>
      world.engine.store.peekAll(BuildKind, 'shop', ({ spec }) => spec.service === 'slow').at(0),
    );
    await world.engine.store.mutate(
      BuildKind,
      key(build.metadata.name),
      one => ({
        ...one,
        status: {
          ...one.status,
          phase: 'Succeeded',
          artifact: { digest: 'a'.repeat(64), builder: 'test', processes: { web: 'serve' } },
        },
      }),
      { user: 'system:agent:test' },
      { subresource: 'status' },
    );
    await ready('early');
    await remove('early');
    await goneFrom('early');
  });

  test('[ENV5] extended at the very end it either lasts or goes, and never both', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const name = `edge-${index}`;
        await ask(name, { lifetime: '1s' });
        const found = await world.until('it to be there', () => environment(name));
        const end = Date.parse(found.spec.startsAt ?? '') + 1000;
        await new Promise(resolve => setTimeout(resolve, end - Date.now() - 6 + index));
        const extended = await extend(world.capabilities, key(name), '1h', alice).then(
          () => true,
          error => {
            assert.ok(
              isPlatformError(error, 'Conflict') || isPlatformError(error, 'NotFound'),
              error.message,
            );
            return false;
          },
        );
        if (!extended) return goneFrom(name);
        await world.until(
          'the later end',
          () => Date.parse(environment(name)?.status?.expiresAt ?? '') === end + 3_600_000,
        );
        await new Promise(resolve => setTimeout(resolve, 300));
        assert.ok(environment(name) && !environment(name)?.metadata.deletionTimestamp);
        await remove(name);
        return goneFrom(name);
      }),
    );
  });
});
