import { type Engine, openDatabase, openEngine } from '@causeway/engine';
import { kinds } from '@causeway/model';
import pg from 'pg';

export const withEngine = async <T>(
  connectionString: string,
  work: (engine: Engine) => Promise<T>,
): Promise<T> => {
  const engine = await openEngine({ database: openDatabase(connectionString), kinds, log: console.error });
  return work(engine).finally(() => engine.close());
};

export const withClient = async <T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return work(client).finally(() => client.end());
};
