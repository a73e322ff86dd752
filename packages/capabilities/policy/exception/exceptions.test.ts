import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Store } from '@causeway/engine';
import { EventKind, ExceptionKind, isPlatformError, PolicyKind, TeamKind } from '@causeway/model';
import { inForce } from '@causeway/policy';
import { createWorld, type World } from '../../testing/world.ts';
import { decideException } from './decide-exception.ts';
import { withGuardedExceptions } from './guarded-exceptions.ts';

const dev = { user: 'dev', from: 'test' };
const sec = { user: 'sec', from: 'test' };
const own = { user: 'own', from: 'test' };
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe('exceptions', () => {
  let world: World;
  let store: Store;
  const ask = (name: string, more: object = {}, actor = dev, namespace = 'shop') =>
    store.create(
      ExceptionKind,
      {
        metadata: { name, namespace },
        spec: {
          policy: 'no-latest',
          target: { kind: 'Service', name: 'api' },
          reason: 'the vendor tags nothing else',
          expiresAt: inDays(10),
          ...more,
        },
      },
      actor,
    );
  const decide = (name: string, actor: { user: string }, approved = true, namespace = 'shop') =>
    decideException(world.engine, { namespace, name }, { approved }, actor);
  const phase = (name: string) =>
    world.engine.store.peek(ExceptionKind, { namespace: 'shop', name })?.status?.phase;

  before(async () => {
    world = await createWorld();
    const { engine } = world;
    store = withGuardedExceptions(engine.store, () => Date.now());
    const team = (name: string, owner: string) =>
      engine.store.create(
        TeamKind,
        { metadata: { name }, spec: { members: [{ user: owner, role: 'owner' }] } },
        own,
      );
    await team('security', 'sec');
    for (const name of ['two', 'three']) await team(name, 'own');
    for (const [name, more] of [
      ['no-latest', {}],
      ['strict', { exceptions: { allowed: false } }],
    ] as const)
      await engine.store.create(
        PolicyKind,
        {
          metadata: { name },
          spec: {
            why: 'w',
            instead: 'pin the tag',
            owner: 'security',
            engine: 'cel',
            source: { inline: 'true' },
            ...more,
          },
        },
        sec,
      );
    await world.settle();
  });
  after(() => world.close());

  test('[POL5] is asked for by one person and given by another, who owns the rule', async () => {
    const asked = await ask('a', { requestedBy: 'sec', decision: forged });
    assert.equal(asked.spec.requestedBy, 'dev', 'the platform says who asked');
    assert.equal(asked.spec.decision, undefined, 'nobody decides by writing it down');
    await world.until('pending', () => phase('a') === 'Pending');
    await assert.rejects(decide('a', dev), (error: unknown) => {
      assert.ok(isPlatformError(error, 'Forbidden'));
      assert.match(error.message, /yourself/);
      return true;
    });
    await assert.rejects(decide('a', own), { code: 'Forbidden' });
    await assert.rejects(decide('a', { user: 'system:agent:x' }), { code: 'Forbidden' });
    const given = await decide('a', sec);
    const policy = world.engine.store.peek(PolicyKind, { namespace: '', name: 'no-latest' });
    assert.ok(policy && inForce(given, policy.spec.exceptions, Date.now() + 1));
    await world.until('approved', () => phase('a') === 'Approved');
  });

  test('[POL5] what is changed after it was given is not given', async () => {
    await ask('b');
    await decide('b', sec);
    const policy = world.engine.store.peek(PolicyKind, { namespace: '', name: 'no-latest' });
    const key = { namespace: 'shop', name: 'b' };
    const labelled = await store.mutate(
      ExceptionKind,
      key,
      one => ({ ...one, metadata: { ...one.metadata, labels: { a: 'b' } } }),
      dev,
    );
    assert.ok(policy && inForce(labelled, policy.spec.exceptions, Date.now() + 1));
    const widened = await store.mutate(
      ExceptionKind,
      key,
      one => ({ ...one, spec: { ...one.spec, target: { kind: 'Service', name: '*' } } }),
      dev,
    );
    assert.equal(widened.spec.decision, undefined);
    assert.ok(!inForce(widened, policy.spec.exceptions, Date.now() + 1));
    await world.until('pending again', () => phase('b') === 'Pending');
  });

  test('what cannot be given is refused in words', async () => {
    const refused = async (more: object, words: RegExp) =>
      assert.rejects(ask('c', more), (error: unknown) => {
        assert.ok(isPlatformError(error, 'Invalid'));
        assert.match(`${error.message} ${error.next}`, words);
        return true;
      });
    await refused({ policy: 'no-latst' }, /no policy.*Did you mean 'no-latest'/);
    await refused({ policy: 'strict' }, /knows no exceptions.*pin the tag/);
    await refused({ expiresAt: inDays(200) }, /later than the policy allows.*90d/);
    await refused({ expiresAt: inDays(-1) }, /over already/);
  });

  test('[POL6] ends in time, and its team is told before', async () => {
    await ask('d', { expiresAt: new Date(Date.now() + 1_500).toISOString() });
    await decide('d', sec);
    await world.until('told', () =>
      world.engine.store.peekAll(EventKind, 'shop').some(one => JSON.stringify(one).includes('ExpiresSoon')),
    );
    await world.until('over', () => phase('d') === 'Expired');
  });

  test('[POL7] three teams that need the same one are evidence, which stays', async () => {
    for (const team of ['two', 'three']) {
      await ask('e', {}, dev, team);
      await decide('e', sec, true, team);
    }
    const counted = () =>
      world.engine.store.peek(PolicyKind, { namespace: '', name: 'no-latest' })?.status?.exceptions;
    await world.until('a missing feature', () => counted()?.missingFeature);
    await store.delete(ExceptionKind, { namespace: 'two', name: 'e' }, dev);
    await world.settle();
    assert.deepEqual(
      counted()?.teams.map(({ team }) => team),
      ['shop', 'three', 'two'],
    );
  });
});

const forged = { by: 'sec', at: new Date().toISOString(), approved: true, digest: 'x' };
