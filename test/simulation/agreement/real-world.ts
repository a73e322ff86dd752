import { openDatabase } from '@causeway/engine';
import { until } from '@causeway/testkit/until';
import pg from 'pg';
import { hear, type PortWorld } from './port-world.ts';

/** Two servers on one empty PostgreSQL database. */
export const realWorld = async (connectionString: string): Promise<PortWorld> => {
  const operator = new pg.Client({ connectionString });
  await operator.connect();
  const databases = [openDatabase(connectionString), openDatabase(connectionString)];
  for (const database of databases) await database.migrate();
  const comes = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    await until(`${holds}`, holds, { everyMs: 2 });
  };
  return {
    servers: databases.map(database => ({ database, heard: hear(database) })),
    settle: work => work,
    until: comes,
    async waits(work) {
      let settled = false;
      const end = () => {
        settled = true;
      };
      work.then(end, end);
      let waiting = false;
      await comes(async () => {
        const { rows } = await operator.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        waiting = rows.length > 0;
        return waiting || settled;
      });
      return waiting;
    },
    async breakConnections() {
      const { rows } = await operator.query<{ pid: number }>(
        `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      const pids = rows.map(({ pid }) => pid);
      await comes(async () => {
        const left = await operator.query('SELECT FROM pg_stat_activity WHERE pid = ANY($1)', [pids]);
        return left.rows.length === 0;
      });
    },
    async age() {
      await operator.query("UPDATE history SET at = at - interval '2 minutes'");
    },
    async close() {
      await Promise.all(databases.map(database => database.close()));
      await operator.end();
    },
  };
};
