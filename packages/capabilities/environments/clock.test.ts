import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Database } from '@causeway/engine';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  EventKind,
  findCondition,
  ReplicaKind,
  RolloutKind,
  RouteKind,
  ServiceKind,
} from '@causeway/model';
import { alice, createWorld, type World } from '../testing/world.ts';
import { extend } from './actions/life-actions.ts';

const hour = 3_600_000;
const day = 24 * hour;
const key = (name: string) => ({ namespace: 'shop', name });

/** Within which every server notices that the clock was set, and has looked at everything. */
const noticedMs = 2500;
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('[ENV4] [ENG17] somebody sets the clock of a platform that runs', () => {
  let world: World;
  /** How far the installation’s clock is ahead of the test’s, milliseconds. */
  let ahead = 0;
  before(async () => {
    const set = (database: Database): Database => ({
      ...database,
      time: async () => (await database.time()) + ahead,
    });
    world = await createWorld({ through: set });
    await world.engine.store.create(
      ServiceKind,
      { metadata: { name: 'api', namespace: 'shop' }, spec: { template: 'tiny' } },
      alice,
    );
    await world.until(
      'api to serve',
      () => world.engine.store.peek(RolloutKind, key('api.production'))?.status?.serving,
    );
  });
  after(() => world.close());

  const ready = async (name: string, lifetime: string): Promise<void> => {
    await world.capabilities.guarded.create(
      EnvironmentRequestKind,
      { metadata: key(name), spec: { services: [{ name: 'api' }], lifetime } },
      alice,
    );
    await world.until(`${name} to be ready`, () => {
      const found = world.engine.store.peek(EnvironmentRequestKind, key(name));
      return findCondition(found?.status?.conditions, 'Ready')?.status === 'True';
    });
  };
  const environment = (name: string) => world.engine.store.peek(EnvironmentKind, key(name));
  const isThere = (name: string): boolean => {
    const found = environment(name);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  };
  const remains = (name: string): number =>
    [RolloutKind, ReplicaKind, RouteKind].flatMap(kind =>
      world.engine.store.peekAll(kind, 'shop', ({ spec }) => spec.environment === name),
    ).length + (environment(name) ? 1 : 0);
  const gone = (name: string) =>
    world.until(`nothing of ${name} to be left`, () => remains(name) === 0 && request(name)?.status?.gone);
  const request = (name: string) => world.engine.store.peek(EnvironmentRequestKind, key(name));

  test('forward by days: what is over goes at once with all it made, everything else stays', async () => {
    await ready('short', '2d');
    await ready('longer', '2d');
    await ready('long', '30d');
    await extend(world.capabilities, key('longer'), '7d', alice);
    ahead = 3 * day;
    const found = await gone('short');
    assert.equal(found.reason, 'Expired');
    await world.settle();
    assert.deepEqual([isThere('longer'), isThere('long')], [true, true]);
    assert.equal(findCondition(request('long')?.status?.conditions, 'Ready')?.status, 'True');
  });

  test('back by days: nothing goes early, nothing is written but what is told of the end, and the end comes all the same', async () => {
    await ready('soon', '1h');
    await world.settle();
    const ends = environment('soon')?.status?.expiresAt;
    const revision = () => world.engine.reading().revision;
    const before = revision();
    ahead -= 2 * day;
    await pause(noticedMs);
    await world.settle();
    // ‘longer’ was about to end, which it is no more.
    assert.ok(revision() - before <= 8, `${revision() - before} writes`);
    assert.deepEqual([isThere('soon'), isThere('longer'), isThere('long')], [true, true, true]);
    assert.equal(environment('soon')?.status?.expiresAt, ends);
    const expired = () =>
      world.engine.store
        .peekAll(EventKind, 'shop')
        .filter(event => (event as unknown as { reason: string }).reason === 'Expired').length;
    const count = expired();
    // The timers that were set meanwhile are for two days from now.
    ahead += 2 * day + hour;
    await gone('soon');
    assert.equal(expired(), count + 1);
    assert.deepEqual([isThere('longer'), isThere('long')], [true, true]);
  });

  test('to and fro while an environment is being made: it becomes ready, and lasts as long as was said', async () => {
    world.behaviour.replica = () => 'hang';
    await world.capabilities.guarded.create(
      EnvironmentRequestKind,
      { metadata: key('waiting'), spec: { services: [{ name: 'api' }], lifetime: '30d' } },
      alice,
    );
    const replica = await world.until(
      'a replica',
      () => world.engine.store.peekAll(ReplicaKind, 'shop', ({ spec }) => spec.environment === 'waiting')[0],
    );
    for (const jump of [day, -2 * day]) {
      ahead += jump;
      await pause(noticedMs);
    }
    world.behaviour.replica = () => undefined;
    await world.report(replica, { phase: 'Ready', address: '127.0.0.1:19999' });
    await world.until('it to be ready', () => request('waiting')?.status?.phase === 'Ready');
  });
});
