import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { kinds, type PlatformError, TeamKind } from '@causeway/model';
import { type TestDatabase, testDatabase } from '@causeway/testkit';
import { type Engine, openDatabase, openEngine } from '../index.ts';
import { Connection } from './connection.ts';
import { type Migration, migrate } from './schema.ts';

const alice = { user: 'alice', from: 'test' };

/** What this version has counts as the older one; the pretended newer ones only add to it. */
const ofThisVersion = 4;
const present: Migration[] = Array.from({ length: ofThisVersion }, () => ({
  compatibleFrom: ofThisVersion,
  statements: 'SELECT 1',
}));
const expanding: Migration = { compatibleFrom: 2, statements: 'ALTER TABLE object ADD COLUMN colour text' };
const contracting: Migration = {
  compatibleFrom: 6,
  statements: 'ALTER TABLE history RENAME COLUMN at TO made_at',
};

describe('[UPG1] servers of two versions on one database', () => {
  let place: TestDatabase;
  let sql: Connection;
  before(async () => {
    place = await testDatabase();
  });
  after(() => place.close());
  beforeEach(() => {
    sql = new Connection(place.connectionString, 'newer');
  });
  afterEach(() => sql.close());

  const start = (): Promise<Engine> =>
    openEngine({ database: openDatabase(place.connectionString), kinds, log: () => {} });
  const writes = (engine: Engine, name: string) =>
    engine.store.create(TeamKind, { metadata: { name } }, alice);
  const migrateTo = async (...newer: Migration[]) => migrate(await sql.pinned(), [...present, ...newer]);

  test('the older goes on, and starts again, while the schema only grows', async () => {
    const older = await start();
    await writes(older, 'before');
    await migrateTo(expanding);
    await writes(older, 'after');
    const again = await start();
    await writes(again, 'again');
    assert.deepEqual(
      (await older.store.list(TeamKind)).items.map(({ metadata }) => metadata.name),
      ['after', 'again', 'before'],
    );
    await Promise.all([older.close(), again.close()]);
  });

  /** Keeps the leases of servers as they are, however late those are who renew them. */
  const holdLeases = async (expires: string): Promise<() => Promise<void>> => {
    const held = new Connection(place.connectionString, 'held');
    const one = await held.pinned();
    await one.query(
      `BEGIN; LOCK TABLE lease IN EXCLUSIVE MODE; UPDATE lease SET expires = clock_timestamp() + interval '${expires}'; COMMIT;
       BEGIN; LOCK TABLE lease IN EXCLUSIVE MODE`,
    );
    return async () => {
      await one.query('ROLLBACK');
      await held.close();
    };
  };

  test('what the older cannot work with waits until it has ended', async () => {
    const older = await start();
    const release = await holdLeases('50 seconds');
    await assert.rejects(migrateTo(expanding, contracting), (error: PlatformError) => {
      assert.match(error.message, /server of an older version runs on this database/);
      assert.match(error.next, /Stop all servers of the older version/);
      return error.code === 'DataUnusable';
    });
    await release();
    await writes(older, 'not-harmed');
    await older.close();
  });

  test('one that was only suspended writes nothing afterwards, and none starts; both are told in words', async () => {
    const older = await start();
    const release = await holdLeases('-1 second');
    await migrateTo(expanding, contracting);
    await release();
    const isTooNew = (error: PlatformError) => {
      assert.match(error.message, /has schema 6, this version of Causeway knows 4/);
      return error.code === 'DataTooNew';
    };
    await assert.rejects(writes(older, 'too-late'), isTooNew);
    await assert.rejects(writes(older, 'too-late'), isTooNew);
    await older.close();
    await assert.rejects(start(), (error: PlatformError) => {
      assert.match(error.message, /has schema 6, this version of Causeway knows 4/);
      assert.match(error.next, /Run the version of Causeway that the other servers/);
      return error.code === 'DataTooNew';
    });
  });
});
