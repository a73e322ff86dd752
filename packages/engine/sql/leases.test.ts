import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '@causeway/testkit';
import pg from 'pg';
import { openDatabase } from './open-database.ts';

const epoch = '00000000-0000-4000-8000-000000000001';

test('[ENG9] a lease that somebody takes while it is renewed is not told as renewed', async () => {
  const { connectionString, close } = await testDatabase();
  const database = openDatabase(connectionString);
  const other = new pg.Client({ connectionString });
  try {
    await database.migrate();
    await database.takeLeases(['shard/0', 'shard/1'], 'slow', epoch, -1);
    await other.connect();
    await other.query(`BEGIN; UPDATE lease SET holder = 'quick' WHERE name = 'shard/0'`);
    const renewing = database.renewLeases('slow', 60_000);
    // The renewal has begun, and waits for the row.
    for (;;) {
      const waiting = await other.query(
        "SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'",
      );
      if (waiting.rows.length > 0) break;
    }
    await other.query('COMMIT');
    const own = (await renewing).filter(({ holder }) => holder === 'slow');
    assert.deepEqual(
      own.map(({ name, remainingMs }) => ({ name, renewed: remainingMs > 0 })),
      [{ name: 'shard/1', renewed: true }],
    );
  } finally {
    await other.end();
    await database.close();
    await close();
  }
});

test('[ENG9] a lease of before the clock was set back keeps nobody out', async () => {
  const { connectionString, close } = await testDatabase();
  const database = openDatabase(connectionString);
  const next = '00000000-0000-4000-8000-000000000002';
  try {
    await database.migrate();
    // As a server left it whose clock was an hour ahead.
    await database.takeLeases(['shard/0'], 'gone', epoch, 3_600_000);
    const [before] = await database.renewLeases('next', 600);
    assert.ok(before && before.remainingMs < 0);
    assert.deepEqual(await database.takeLeases(['shard/0'], 'next', next, 600), ['shard/0']);
    assert.deepEqual(await database.takeLeases(['shard/0'], 'third', epoch, 600), []);
  } finally {
    await database.close();
    await close();
  }
});
