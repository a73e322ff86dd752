import type { Snapshot } from '../sql/snapshot.ts';

export interface Statistics {
  readonly revision: number;
  /** Revisions of the last 24 hours, as far as the history is kept. */
  readonly revisionsLastDay: number;
  /** After this revision the whole history is kept. */
  readonly historyFrom: number | undefined;
  readonly historyRows: number;
  readonly historyBytes: number;
  readonly auditRecords: number;
  readonly ledgerEntries: number;
  readonly databaseBytes: number;
  /** Sessions of this platform in the database, and how many it takes altogether. */
  readonly connections: number;
  readonly mostConnections: number;
  /** PostgreSQL’s own version. */
  readonly postgresql: string;
  readonly kinds: readonly { readonly kind: string; readonly objects: number; readonly bytes: number }[];
}

export const readStatistics = async (snapshot: Snapshot): Promise<Statistics> => {
  const [row = {}] = await snapshot.query(
    `SELECT (SELECT count(*) FROM history WHERE at > now() - interval '1 day') AS last_day,
       (SELECT row_to_json(r)->>'floor' FROM revision r) AS floor,
       (SELECT count(*) FROM history) AS history_rows, pg_total_relation_size('history') AS history_bytes,
       (SELECT count(*) FROM ledger) AS ledger, pg_database_size(current_database()) AS bytes,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'causeway-%') AS connections,
       current_setting('max_connections') AS most`,
  );
  const kinds = await snapshot.query(
    'SELECT kind, count(*) AS objects, sum(octet_length(data)) AS bytes FROM object GROUP BY kind ORDER BY kind',
  );
  return {
    revision: snapshot.head.revision,
    revisionsLastDay: Number(row.last_day),
    historyFrom: row.floor === null || row.floor === undefined ? undefined : Number(row.floor),
    historyRows: Number(row.history_rows),
    historyBytes: Number(row.history_bytes),
    auditRecords: snapshot.head.auditSeq,
    ledgerEntries: Number(row.ledger),
    databaseBytes: Number(row.bytes),
    connections: Number(row.connections),
    mostConnections: Number(row.most),
    postgresql: snapshot.server,
    kinds: kinds.map(({ kind, objects, bytes }) => ({
      kind: String(kind),
      objects: Number(objects),
      bytes: Number(bytes),
    })),
  };
};
