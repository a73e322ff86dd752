import { PlatformError } from '@causeway/model';
import type { Head } from '../database/database.ts';
import { Connection, type Sql } from './connection.ts';
import { schemaStatements } from './schema.ts';
import { type KeptTable, keptTablesOf } from './snapshot.ts';

export interface RestoreOptions {
  readonly connectionString: string;
  /** The version of the schema that the rows have. A newer one than this version knows is `DataTooNew`. */
  readonly schema: number;
  /** What the head is to be. */
  readonly head: Head;
  /** Rows as a snapshot gives them. */
  rows(table: KeptTable): AsyncIterable<string>;
}

/** Whose rows PostgreSQL numbers. */
const numbered = (table: KeptTable): boolean => table === 'ledger' || table === 'decision';

const pageBytes = 1024 * 1024;

const insert = (sql: Sql, table: KeptTable, rows: readonly string[]): Promise<unknown> =>
  sql.query(
    `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(null::${table}, $1::json)`,
    [`[${rows.join(',')}]`],
  );

const fill = async (sql: Sql, table: KeptTable, rows: AsyncIterable<string>): Promise<void> => {
  let page: string[] = [];
  let bytes = 0;
  for await (const row of rows) {
    page.push(row);
    bytes += row.length;
    if (bytes < pageBytes) continue;
    await insert(sql, table, page);
    page = [];
    bytes = 0;
  }
  if (page.length > 0) await insert(sql, table, page);
};

const headIn = async (sql: Sql): Promise<string | undefined> => {
  const [found] = await sql.query("SELECT to_regclass('revision') AS revision");
  if (found?.revision === null) return undefined;
  const [row] = await sql.query('SELECT n, audit_seq, audit_hash FROM revision');
  return `${row?.n} ${row?.audit_seq} ${row?.audit_hash}`;
};

/** The history begins with the version that each object has. Older schemas have no floor to say so. */
const beginHistory = `
INSERT INTO history (rv, batch, type, kind, namespace, name, data)
  SELECT rv, gen_random_uuid(), 'ADDED', kind, namespace, name, data FROM object;
DO $$ BEGIN
  IF EXISTS (SELECT FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = 'revision' AND column_name = 'floor')
  THEN UPDATE revision SET floor = n; END IF;
END $$`;

/**
 * Fills an empty database in one transaction: everything is there, or nothing. A database that holds the very same head is one that
 * an interrupted restore had finished, and is left as it is. Any other is refused as `Conflict`.
 */
export const restoreDatabase = async (options: RestoreOptions): Promise<'restored' | 'there'> => {
  const { connectionString, schema, head, rows } = options;
  const statements = schemaStatements(schema);
  const connection = new Connection(connectionString, 'restore');
  try {
    const sql = await connection.pinned();
    const wanted = `${head.revision} ${head.auditSeq} ${head.auditHash}`;
    const there = await headIn(sql);
    if (there === wanted) return 'there';
    if (there !== undefined)
      throw new PlatformError('Conflict', 'the database is not empty: it holds a platform', {
        next: 'Name an empty database.',
      });
    await sql.query(
      `BEGIN; ${statements}; CREATE TABLE IF NOT EXISTS schema_version (version int NOT NULL);
       DELETE FROM schema_version; INSERT INTO schema_version VALUES (${schema})`,
    );
    await sql.query('UPDATE revision SET n = $1, fence = $2, audit_seq = $3, audit_hash = $4', [
      head.revision,
      head.fence,
      head.auditSeq,
      head.auditHash,
    ]);
    for (const table of keptTablesOf(schema)) await fill(sql, table, rows(table));
    await sql.query(beginHistory);
    for (const table of keptTablesOf(schema).filter(numbered))
      await sql.query(
        `SELECT setval(pg_get_serial_sequence('${table}', 'seq'), coalesce(max(seq), 0) + 1, false) FROM ${table}`,
      );
    await sql.query('COMMIT');
    return 'restored';
  } finally {
    // What is not committed goes with the connection.
    await connection.close();
  }
};
