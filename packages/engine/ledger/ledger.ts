import type { Sql } from '../sql/database.ts';

/**
 * One step of a change or of a person’s journey. `type` is a noun and a past participle joined by a dot, after CDEvents
 * (`build.finished`, `service.published`).
 */
export interface LedgerEntry {
  /** The same step has the same id, so recording it twice records it once. */
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly team: string;
  readonly service: string;
  readonly environment?: string;
  readonly actor: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface LedgerQuery {
  readonly team?: string;
  readonly service?: string;
  readonly since?: string;
}

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
