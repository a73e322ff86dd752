import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { testDatabase } from '@causeway/testkit';
import { Connection } from './connection.ts';

const unavailable = (error: unknown): boolean => isPlatformError(error, 'Unavailable');

test('[ENG6] a transaction never ends on another connection than it began on', async () => {
  const database = await testDatabase();
  const connection = new Connection(database.connectionString, 'under-test');
  const operator = new Connection(database.connectionString, 'operator');
  try {
    await operator.query('CREATE TABLE written (n int)');
    const transaction = await connection.pinned();
    await transaction.query('BEGIN; INSERT INTO written VALUES (1)');
    const [own] = await transaction.query('SELECT pg_backend_pid() AS pid');
    await operator.query('SELECT pg_terminate_backend($1, 10000)', [own?.pid]);
    // Whether or not the loss has been noticed, and also after the connection was made again.
    await assert.rejects(transaction.query('COMMIT'), unavailable);
    const [next] = await connection.query('SELECT pg_backend_pid() AS pid');
    assert.notEqual(next?.pid, own?.pid);
    await assert.rejects(transaction.query('COMMIT'), unavailable);
    assert.deepEqual(await operator.query('SELECT * FROM written'), []);
  } finally {
    await connection.close();
    await operator.close();
    await database.close();
  }
});
