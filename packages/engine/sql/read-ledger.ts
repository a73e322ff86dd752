import type { LedgerEntry, LedgerQuery } from '../ledger/ledger.ts';
import type { Sql } from './connection.ts';

/** Entries in the order in which they were recorded. */
export const readLedger = async (sql: Sql, { team, service, since }: LedgerQuery): Promise<LedgerEntry[]> => {
  const rows = await sql.query(
    `SELECT id, at, type, team, service, environment, actor, data FROM ledger
     WHERE ($1::text IS NULL OR team = $1) AND ($2::text IS NULL OR service = $2) AND ($3::timestamptz IS NULL OR at >= $3)
     ORDER BY seq`,
    [team ?? null, service ?? null, since ?? null],
  );
  return rows.map(row => ({
    id: row.id as string,
    at: (row.at as Date).toISOString(),
    type: row.type as string,
    team: row.team as string,
    service: row.service as string,
    environment: row.environment as string,
    actor: row.actor as string,
    data: JSON.parse(row.data as string),
  }));
};
