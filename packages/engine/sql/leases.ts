import type { Database, Lease } from '../database/database.ts';
import type { Sql } from './connection.ts';

const until = (parameter: number) => `clock_timestamp() + $${parameter} * interval '1 millisecond'`;
/** One that ends later than a new one would is of before the clock was set back: its holder may be long gone. */
const beforeSetBack = (expires: string, ttl: number) => `${expires} > ${until(ttl)}`;
const remaining = 'extract(epoch FROM expires - clock_timestamp()) * 1000 AS remaining';

/**
 * Leases in an unlogged table: renewing them writes no log and waits for no disk. A crash empties it; since each epoch is
 * unique, whoever held one before then holds none.
 */
export const leasesOn = (sql: Sql): Pick<Database, 'renewLeases' | 'takeLeases' | 'releaseLeases'> => ({
  async renewLeases(holder, ttlMs) {
    const rows = await sql.query(
      // A statement sees the table as it was when it began: what it renews is told by the renewal itself, which does not touch
      // what somebody else has taken meanwhile.
      `WITH renewed AS (UPDATE lease SET expires = ${until(2)} WHERE holder = $1 RETURNING name, holder, epoch, expires)
       SELECT name, holder, epoch, ${remaining} FROM renewed
       UNION ALL SELECT name, holder, epoch, ${remaining} FROM lease WHERE holder <> $1 AND NOT ${beforeSetBack('expires', 2)}
       UNION ALL SELECT name, holder, epoch, -1 FROM lease WHERE holder <> $1 AND ${beforeSetBack('expires', 2)}`,
      [holder, ttlMs],
    );
    return rows.map(row => ({ ...row, remainingMs: Number(row.remaining) }) as unknown as Lease);
  },
  async takeLeases(names, holder, epoch, ttlMs) {
    const rows = await sql.query(
      `INSERT INTO lease (name, holder, epoch, expires)
       SELECT name, $2, $3, ${until(4)} FROM unnest($1::text[]) AS wanted(name) ORDER BY name
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch, expires = excluded.expires
         WHERE lease.expires < clock_timestamp() OR ${beforeSetBack('lease.expires', 4)}
       RETURNING name`,
      [names, holder, epoch, ttlMs],
    );
    return rows.map(row => row.name as string);
  },
  async releaseLeases(names, holder) {
    await sql.query(
      `DELETE FROM lease WHERE name = ANY($1) AND holder = $2 OR expires < clock_timestamp() - interval '1 minute'`,
      [names, holder],
    );
  },
});
