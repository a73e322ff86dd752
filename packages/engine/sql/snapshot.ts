import type { Head } from '../database/database.ts';
import { Connection } from './connection.ts';

/** What the platform keeps in its tables, beside the head. History and leases are not: they hold only for the database they are in. */
const keptTables = ['object', 'audit', 'ledger', 'decision_input', 'decision'] as const;
export type KeptTable = (typeof keptTables)[number];

/** The schema in which a table first was. */
const since: Readonly<Record<KeptTable, number>> = {
  object: 1,
  audit: 1,
  ledger: 1,
  decision_input: 4,
  decision: 4,
};

/** Those of them that a schema has. */
export const keptTablesOf = (schema: number): readonly KeptTable[] =>
  keptTables.filter(table => since[table] <= schema);

/** All tables as of one moment, whatever is written meanwhile. */
export interface Snapshot {
  readonly head: Head;
  /** The version of the schema that the tables have. */
  readonly schema: number;
  /** PostgreSQL’s own version, such as `18.4`. */
  readonly server: string;
  /** Every row as JSON on one line, in the order of the primary key. */
  rows(table: KeptTable): AsyncIterable<string>;
  /** One statement that only reads. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const order: Readonly<Record<KeptTable, string>> = {
  object: 'kind, namespace, name',
  audit: 'seq',
  ledger: 'seq',
  decision_input: 'digest',
  decision: 'seq',
};

const pageRows = 500;

/** Opens a snapshot on a connection of its own. Throws `Unavailable` when the database does not answer. */
export const openSnapshot = async (connectionString: string): Promise<Snapshot> => {
  const connection = new Connection(connectionString, 'snapshot');
  try {
    const sql = await connection.pinned();
    await sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Rows are the same text on every server, whatever time zone it has.
    await sql.query("SET LOCAL timezone = 'UTC'");
    const [row] = await sql.query(
      `SELECT n, fence, audit_seq, audit_hash, (SELECT version FROM schema_version) AS schema,
         current_setting('server_version') AS server FROM revision`,
    );
    return {
      head: {
        revision: Number(row?.n),
        fence: Number(row?.fence),
        auditSeq: Number(row?.audit_seq),
        auditHash: String(row?.audit_hash),
      },
      schema: Number(row?.schema),
      server: String(row?.server).split(' ')[0] ?? '',
      async *rows(table) {
        await sql.query(
          `DECLARE ${table}_rows CURSOR FOR SELECT row_to_json(t)::text AS row FROM (SELECT * FROM ${table} ORDER BY ${order[table]}) t`,
        );
        for (;;) {
          const page = await sql.query(`FETCH ${pageRows} FROM ${table}_rows`);
          for (const { row: text } of page) yield text as string;
          if (page.length < pageRows) break;
        }
        await sql.query(`CLOSE ${table}_rows`);
      },
      query: (text, values) => sql.query(text, values),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
};
