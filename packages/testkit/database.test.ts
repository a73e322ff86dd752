import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import pg from 'pg';
import { testDatabase, until } from './index.ts';

const rowsOf = async (connectionString: string, statement: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString });
  // A server that ends breaks the connection twice: once for the caller, once as an event.
  client.on('error', () => undefined);
  await client.connect();
  return (await client.query(statement).finally(() => client.end())).rows;
};

test('each call gives a fresh database', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await rowsOf(one.connectionString, 'CREATE TABLE only_here (n int)');
  await assert.rejects(rowsOf(two.connectionString, 'SELECT * FROM only_here'), /does not exist/);
  await Promise.all([one.close(), two.close()]);
  await assert.rejects(rowsOf(one.connectionString, 'SELECT 1'), /does not exist/);
});

test('the server ends with the process that asked for it, kill -9 included', async () => {
  const program = `import { throwAwayServer } from '${import.meta.resolve('./index.ts')}';
    console.log(await throwAwayServer()); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();
  assert.deepEqual(await rowsOf(url, 'SELECT 1 AS one'), [{ one: 1 }]);
  child.kill('SIGKILL');
  await until('the server to end', () =>
    rowsOf(url, 'SELECT 1').then(
      () => false,
      () => true,
    ),
  );
});
