import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kinds, PlatformError, TeamKind } from '@causeway/model';
import { type TestDatabase, testDatabase, until } from '@causeway/testkit';
import {
  type Controller,
  type Database,
  defineController,
  type Engine,
  openDatabase,
  openEngine,
} from '../index.ts';

const alice = { user: 'alice', from: 'test' };
const controllerActor = { user: 'system:server', from: 'test' };

/** A hand-over takes less than a second. What a busy machine adds is no matter of it: `npm run bench kills` measures on a quiet one. */
const busyMachineMs = 15_000;

/** A database that can be cut off, for leases alone or for all. */
const cuttable = (database: Database) => {
  let cut = false;
  const gone = () => Promise.reject(new PlatformError('Unavailable', 'cut off'));
  return {
    database: {
      ...database,
      renewLeases: (holder, ttlMs) => (cut ? gone() : database.renewLeases(holder, ttlMs)),
      takeLeases: (names, holder, epoch, ttlMs) =>
        cut ? gone() : database.takeLeases(names, holder, epoch, ttlMs),
    } satisfies Database as Database,
    cut: () => {
      cut = true;
    },
    mend: () => {
      cut = false;
    },
  };
};

describe('several engines on one database', () => {
  let postgres: TestDatabase;
  /** Who looked at which team, in order. */
  let looks: { engine: string; name: string }[];
  let busy: Map<string, string>;
  const overlaps: string[] = [];

  const start = async (name: string, work?: (team: string) => Promise<void>) => {
    const connection = cuttable(openDatabase(postgres.connectionString));
    const engine = await openEngine({ database: connection.database, kinds, log: () => {} });
    const controller = engine.run(
      defineController({
        name: 'test',
        kind: TeamKind,
        async reconcile(key) {
          if (busy.has(key.name)) overlaps.push(`${key.name}: ${busy.get(key.name)} and ${name}`);
          busy.set(key.name, name);
          looks.push({ engine: name, name: key.name });
          try {
            await work?.(key.name);
          } finally {
            busy.delete(key.name);
          }
          return undefined;
        },
      }),
    );
    return { engine, controller, ...connection };
  };
  const seenBy = (engine: string) => new Set(looks.filter(one => one.engine === engine).map(one => one.name));
  const touch = (engine: Engine, name: string) =>
    engine.store.mutate(
      TeamKind,
      { namespace: '', name },
      team => ({ ...team, metadata: { ...team.metadata, labels: { turn: String(looks.length) } } }),
      alice,
    );

  before(async () => {
    postgres = await testDatabase();
  });
  after(() => postgres.close());

  const teams = Array.from({ length: 40 }, (_, index) => `team-${index}`);

  test('[ENG9] each key has one server; a server that joins gets its share, one that stops leaves it at once', async () => {
    looks = [];
    busy = new Map();
    const first = await start('first');
    await Promise.all(teams.map(name => first.engine.store.create(TeamKind, { metadata: { name } }, alice)));
    await until('all teams', () => seenBy('first').size === 40);

    const second = await start('second');
    await until('the second server’s share', () => seenBy('second').size > 0);
    await until('equal shares', () => first.engine.shards.size === 8 && second.engine.shards.size === 8);
    assert.ok(first.engine.shards.isDisjointFrom(second.engine.shards));

    looks = [];
    await Promise.all(teams.map(name => touch(first.engine, name)));
    await until('each team once', () => seenBy('first').size + seenBy('second').size === 40);
    assert.ok(seenBy('first').isDisjointFrom(seenBy('second')));
    assert.ok(seenBy('second').size > 5 && seenBy('first').size > 5);

    looks = [];
    const began = performance.now();
    await second.engine.close();
    await until('all shares back', () => first.engine.shards.size === 16);
    const took = performance.now() - began;
    assert.ok(took < busyMachineMs, `hand-over took ${took} ms`);
    assert.deepEqual(overlaps, []);
    await first.engine.close();
  });

  test('[ENG9] a nudge reaches the server whose key it is', async () => {
    const first = await start('first');
    const second = await start('second');
    await until('equal shares', () => first.engine.shards.size === 8 && second.engine.shards.size === 8);
    await until('rest', () => first.engine.settled && second.engine.settled);
    looks = [];
    for (const name of teams) second.controller.nudge({ namespace: '', name });
    await until('a look at each', () => seenBy('first').size + seenBy('second').size === 40);
    assert.equal(looks.length, 40);
    await Promise.all([first.engine.close(), second.engine.close()]);
  });

  test('[ENG9] a server that is cut off is replaced within a second, and what it still writes does not count', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const outcomes: string[] = [];
    const cutOff: { engine: Engine; controller: Controller; cut(): void; mend(): void } = await start(
      'first',
      async name => {
        await held;
        await cutOff.engine.store
          .mutate(
            TeamKind,
            { namespace: '', name },
            team => ({ ...team, metadata: { ...team.metadata, labels: { wrote: 'late' } } }),
            controllerActor,
          )
          .then(
            () => outcomes.push('written'),
            error => outcomes.push(error.message),
          );
      },
    );
    await until('work under way', () => busy.size === 8);
    const atWork = [...busy.keys()];
    busy = new Map();
    looks = [];
    const second = await start('second');
    cutOff.cut();
    const began = performance.now();
    await until('everything', () => second.engine.shards.size === 16);
    const took = performance.now() - began;
    await until('a look at everything', () => seenBy('second').size === 40);
    assert.ok(took < busyMachineMs, `hand-over took ${took} ms`);

    release();
    await until('late writes', () => outcomes.length >= 8);
    assert.deepEqual([...new Set(outcomes)], ['another server does this work now']);
    for (const name of atWork)
      assert.notEqual(
        second.engine.store.peek(TeamKind, { namespace: '', name })?.metadata.labels?.wrote,
        'late',
      );
    await Promise.all([cutOff.engine.close(), second.engine.close()]);
  });
});
