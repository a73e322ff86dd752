import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { throwAwayServer } from './throw-away-server.ts';

export interface TestDatabase {
  /** A URL for `pg`. */
  readonly connectionString: string;
  close(): Promise<void>;
}

let server: Promise<string> | undefined;

/**
 * A fresh, empty database. On the server of DATABASE_URL_TEST when that is set, else on one that is started for this
 * process at the first call and ends with it, however it ends.
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  server ??= Promise.resolve(process.env.DATABASE_URL_TEST || throwAwayServer());
  const url = await server;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(url, `CREATE DATABASE ${name}`);
  return {
    connectionString: withDatabase(url, name),
    close: () => execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
};

const execute = async (connectionString: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};
