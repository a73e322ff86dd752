import { PlatformError } from '@causeway/model';
import type { Database, KeptChange, StoredChange } from '../database/database.ts';
import type { Row, Sql } from './connection.ts';

/**
 * Beside each row, whether all after $1 is kept. An earlier version drops by age and moves no floor: then at least the next
 * revision is missing.
 */
const keptAfter = `SELECT r.floor, r.n <= $1 OR (r.floor <= $1 AND EXISTS (SELECT FROM history WHERE rv = $1 + 1)) AS kept FROM revision r`;

const changeOf = (row: Row): KeptChange => ({
  revision: Number(row.rv),
  type: row.type as StoredChange['type'],
  kind: String(row.kind),
  namespace: String(row.namespace),
  name: String(row.name),
  data: String(row.data),
  ...(row.previous ? { previous: Number(row.previous) } : {}),
  ...(typeof row.before === 'string' ? { before: row.before } : {}),
});

/** One statement and so one moment: the rows, and whether any before them are missing. */
const readKept = async (
  sql: Sql,
  after: number,
  rows: string,
  values: readonly unknown[] = [],
): Promise<KeptChange[]> => {
  const found = await sql.query(
    `SELECT head.floor, head.kept, h.* FROM (${keptAfter}) head LEFT JOIN LATERAL (${rows}) h ON true ORDER BY h.rv`,
    [after, ...values],
  );
  if (!found[0]?.kept)
    throw new PlatformError('Expired', `too old resource version: ${after} (${String(found[0]?.floor)})`);
  return found.filter(row => row.rv !== null).map(changeOf);
};

export const changesAfter = (sql: Sql, revision: number): Promise<StoredChange[]> =>
  readKept(
    sql,
    revision,
    'SELECT rv, type, kind, namespace, name, data, previous FROM history WHERE rv > $1 ORDER BY rv',
  );

/** A commit that was not answered is looked up in the history: until then it must be there. */
const unanswered = `interval '1 minute'`;

/** Reading and compacting of what is kept of the past. */
export const historyOn = (sql: Sql): Pick<Database, 'readHistory' | 'revisionOfAge' | 'compact'> => ({
  readHistory: ({ kind, after, upTo, limit }) =>
    readKept(
      sql,
      after,
      `SELECT c.rv, c.type, c.kind, c.namespace, c.name, c.data, c.previous, p.data AS before
       FROM (SELECT * FROM history WHERE rv > $1 AND rv <= $2 AND kind = $3 ORDER BY rv LIMIT $4) c
       LEFT JOIN history p ON p.rv = c.previous`,
      [upTo, kind, limit],
    ),
  async revisionOfAge(ms) {
    const [row] = await sql.query(
      `SELECT rv FROM history WHERE at <= now() - $1 * interval '1 millisecond' ORDER BY at DESC LIMIT 1`,
      [ms],
    );
    return Number(row?.rv ?? 0);
  },
  async compact(upTo) {
    // First the floor, on its own: who reads while rows go knows by it that they may be missing.
    const [row] = await sql.query(
      'UPDATE revision SET floor = greatest(floor, least($1, n)) RETURNING floor',
      [upTo],
    );
    const floor = Number(row?.floor);
    await sql.query(
      `DELETE FROM history h WHERE rv <= $1 AND at < now() - ${unanswered}
         AND NOT EXISTS (SELECT FROM object o
           WHERE o.kind = h.kind AND o.namespace = h.namespace AND o.name = h.name AND o.rv = h.rv)
         AND NOT EXISTS (SELECT FROM history later WHERE later.rv > $1 AND later.previous = h.rv)`,
      [floor],
    );
    return floor;
  },
});
