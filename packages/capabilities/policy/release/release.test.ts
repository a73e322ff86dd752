import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BuildKind,
  EvidenceKind,
  type PlatformError,
  PolicyKind,
  ReleaseKind,
  RolloutKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import { deploy, reportPush, rollback } from '../../index.ts';
import { alice, createWorld, type World } from '../../testing/world.ts';
import { subjectOfDecision } from '../record/decision-of.ts';
import { celPolicy } from '../testing/policy-world.ts';

const key = (name: string) => ({ namespace: 'shop', name });
const about = { kinds: ['ReleaseEvidence'], environments: ['production'] };

describe('[POL3] what reaches production was judged', () => {
  let world: World;
  before(async () => {
    world = await createWorld();
    const { store } = world.engine;
    await store.create(
      ServiceKind,
      { metadata: { name: 'orders', namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    await serves('orders.1');
  });
  after(() => world.close());

  const serves = (release: string) =>
    world.until(
      `${release} to serve`,
      () =>
        world.engine.store.peek(RolloutKind, key('orders.production'))?.status?.serving?.release === release,
    );
  const write = (name: string, inline: string, more: object = {}) =>
    world.engine.store.create(PolicyKind, celPolicy(name, inline, { match: about, ...more }), alice);
  const change = (name: string, spec: object) =>
    world.engine.store.mutate(
      PolicyKind,
      { namespace: '', name },
      one => ({ ...one, spec: { ...one.spec, ...spec } }),
      alice,
    );
  const decisions = () =>
    world.engine.decisions.read({ kind: 'ReleaseEvidence', name: 'orders', inputs: true, limit: 50 });
  /** What the pusher of the newest commit reads. */
  const heard = async (before: string | undefined, commit: string): Promise<string[]> => {
    const push = {
      id: { team: 'shop', service: 'orders' },
      user: 'alice',
      updates: [{ ref: 'refs/heads/main', before, after: commit }],
    };
    const lines: string[] = [];
    const ends = AbortSignal.timeout(180_000);
    for await (const line of reportPush(world.capabilities, push, world.nudge as never, ends))
      lines.push(line.replace(/ \(\d+\.\d+ s\)| after .*/g, '').replace(/[0-9a-f]{8,}/g, '…'));
    return lines;
  };
  const head = () => world.engine.store.peek(ServiceKind, key('orders'))?.status?.push?.commit;

  test('without a policy, too, and with all that policies may know', async () => {
    const [decision] = await decisions();
    assert.ok(decision);
    assert.deepEqual([decision.allowed, decision.results, decision.place], [true, [], 'release']);
    const judged = subjectOfDecision(decision);
    assert.ok(judged);
    const { spec } = judged.subject.object as { spec: Record<string, unknown> };
    assert.deepEqual(
      [spec.commit, spec.sequence, spec.environment, spec.requestedBy, spec.tests, spec.reviewed],
      [head(), 1, 'production', 'alice', 'none', false],
    );
    assert.deepEqual(spec.team, { type: 'stream-aligned', owners: 0 });
    assert.deepEqual(judged.subject.request.context, { teams: ['shop'], environments: ['production'] });
    const build = world.engine.store.peek(BuildKind, key('orders.1'));
    assert.equal(build?.status?.policy?.decision, decision.id);
  });

  test('when all pass the pusher reads one line, and one for each advice', async () => {
    await write('one', 'object.spec.commit != ""');
    await write('two', 'object.spec.team.type == "stream-aligned"');
    await write('told', 'has(object.spec.runbook)', { action: 'warn' });
    await write('watched', 'false', { action: 'audit' });
    const before = head();
    const commit = await world.push('orders', 'second');
    const lines = await heard(before, commit);
    assert.deepEqual(lines, [
      'orders: … by alice',
      '  ✔ policy   2 rules passed',
      '  ! policy told: failed: has(object.spec.runbook) (Do it otherwise.)',
      '  ✔ serving  http://orders.localhost:7080',
      '  live',
    ]);
    const [decision] = await decisions();
    assert.deepEqual(
      decision?.results.map(({ policy, result }) => `${policy} ${result}`),
      ['one pass', 'told fail', 'two pass', 'watched fail'],
    );
  });

  test('what policies refuse fails its build, in their words; what served goes on', async () => {
    await write('reviewed', 'object.spec.reviewed', { why: 'Two see more than one.' });
    const before = head();
    const commit = await world.push('orders', 'third');
    const lines = await heard(before, commit);
    assert.deepEqual(lines.slice(1, 8), [
      '  ! policy told: failed: has(object.spec.runbook) (Do it otherwise.)',
      '  ✘ Policies do not let orders.3 reach production',
      '    | ✘ reviewed: failed: object.spec.reviewed',
      '    |   Why: Two see more than one.',
      '    |   Instead: Do it otherwise.',
      '    |   Exception: platform exception request reviewed Service/orders --team shop',
      '    next: Do as each policy says, or ask for an exception: platform exception request POLICY KIND/NAME.',
    ]);
    await world.settle();
    const build = world.engine.store.peek(BuildKind, key('orders.3'));
    assert.deepEqual([build?.status?.phase, build?.status?.failure?.code], ['Failed', 'PolicyDenied']);
    assert.equal(world.engine.store.peek(ReleaseKind, key('orders.3')), undefined);
    await serves('orders.2');
    const [decision] = await decisions();
    assert.deepEqual([decision?.allowed, build?.status?.policy?.decision], [false, decision?.id]);
    world.nudge('orders');
    await world.settle();
    assert.equal((await decisions()).length, 3, 'it is judged once');
  });

  test('evidence about the commit counts, and about no other', async () => {
    const evidence = (name: string, of: string) =>
      world.engine.store.create(
        EvidenceKind,
        {
          metadata: { namespace: 'shop', name },
          spec: {
            service: 'orders',
            commit: of,
            format: 'attributes',
            attributes: { approved: true },
            submittedBy: 'bob',
          },
        },
        { user: 'bob', from: 'test' },
      );
    await evidence('other', 'f'.repeat(40));
    const commit = await world.push('orders', 'fourth');
    const ended = (sequence: number) =>
      world.until(
        `the end of orders.${sequence}`,
        () => world.engine.store.peek(BuildKind, key(`orders.${sequence}`))?.status?.policy,
      );
    await ended(4);
    assert.equal(world.engine.store.peek(ReleaseKind, key('orders.4')), undefined);
    await evidence('this', commit.slice(0, 12));
    await deploy(world.capabilities, key('orders'), undefined, alice);
    await serves('orders.5');
  });

  test('a rollback is judged by what holds now, and recorded', async () => {
    await change('reviewed', { action: 'audit' });
    await world.push('orders', 'sixth');
    await world.until('orders.6', () => world.engine.store.peek(ReleaseKind, key('orders.6')));
    await serves('orders.6');
    await change('reviewed', { action: 'deny' });
    await world.capabilities.policies.settled();
    await assert.rejects(rollback(world.capabilities, key('orders'), '1', alice), (error: PlatformError) => {
      assert.equal(error.code, 'PolicyDenied');
      assert.match(error.evidence.join('\n'), /✘ reviewed: /);
      return true;
    });
    const [refused] = await decisions();
    assert.equal(refused?.allowed, false);
    await change('reviewed', { action: 'audit' });
    await world.capabilities.policies.settled();
    await rollback(world.capabilities, key('orders'), '1', alice);
    await serves('orders.1');
    const [allowed] = await decisions();
    assert.deepEqual([allowed?.allowed, allowed?.actor], [true, 'alice']);
    assert.ok(allowed);
    const judged = subjectOfDecision(allowed);
    assert.ok(judged);
    const { spec } = judged.subject.object as { spec: { sequence: number } };
    assert.equal(spec.sequence, 1);
  });

  test('a team and what it is are part of it', async () => {
    await world.engine.store.mutate(
      TeamKind,
      { namespace: '', name: 'shop' },
      one => ({ ...one, spec: { ...one.spec, onCall: 'rota' } }),
      alice,
    );
    await write('called', 'object.spec.team.onCall == "rota"');
    await world.push('orders', 'seventh');
    await serves('orders.7');
  });
});
