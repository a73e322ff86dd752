import { PlatformError } from '@causeway/model';
import type { Sql } from './connection.ts';

/**
 * Forward-only migrations; each is one transaction. The number of the last one is the schema's version.
 * Objects are text and not jsonb: what was written comes back to the byte.
 */
const migrations: readonly string[] = [
  `CREATE TABLE revision (
     one boolean PRIMARY KEY DEFAULT true CHECK (one),
     n bigint NOT NULL,
     audit_seq bigint NOT NULL,
     audit_hash text NOT NULL
   );
   INSERT INTO revision (n, audit_seq, audit_hash) VALUES (0, 0, '');
   CREATE TABLE object (
     kind text NOT NULL, namespace text NOT NULL, name text NOT NULL,
     rv bigint NOT NULL, data text NOT NULL,
     PRIMARY KEY (kind, namespace, name)
   );
   CREATE TABLE history (
     rv bigint PRIMARY KEY,
     batch uuid NOT NULL, at timestamptz NOT NULL DEFAULT now(),
     type text NOT NULL, kind text NOT NULL, namespace text NOT NULL, name text NOT NULL, data text NOT NULL
   );
   CREATE INDEX history_at ON history (at);
   CREATE TABLE audit (
     seq bigint PRIMARY KEY, record text NOT NULL, hash text NOT NULL
   );
   CREATE TABLE ledger (
     seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id text NOT NULL UNIQUE,
     at timestamptz NOT NULL, type text NOT NULL,
     team text NOT NULL, service text NOT NULL, environment text NOT NULL, actor text NOT NULL, data text NOT NULL
   );
   CREATE INDEX ledger_service ON ledger (team, service, at);`,
  `ALTER TABLE revision ADD COLUMN fence bigint NOT NULL DEFAULT 0;
   CREATE UNLOGGED TABLE lease (
     name text PRIMARY KEY, holder text NOT NULL, epoch uuid NOT NULL, expires timestamptz NOT NULL
   );`,
  `ALTER TABLE history ADD COLUMN previous bigint;
   ALTER TABLE revision ADD COLUMN floor bigint NOT NULL DEFAULT 0;
   UPDATE revision SET floor = n;`,
];

/** The statements that make an empty database one of this version of the schema. */
export const schemaStatements = (version: number): string => {
  if (version > migrations.length)
    throw new PlatformError(
      'DataTooNew',
      `the database has schema ${version}, this version of Causeway knows ${migrations.length}`,
    );
  return migrations.slice(0, version).join(';\n');
};

/** Brings the database to this version's schema; several servers may call it at once. */
export const migrate = async (sql: Sql): Promise<void> => {
  await sql.query('SELECT pg_advisory_lock(7070)');
  try {
    await sql.query('CREATE TABLE IF NOT EXISTS schema_version (version int NOT NULL)');
    const [row] = await sql.query('SELECT version FROM schema_version');
    const version = Number(row?.version ?? 0);
    if (version > migrations.length)
      throw new PlatformError(
        'DataTooNew',
        `the database has schema ${version}, this version of Causeway knows ${migrations.length}`,
      );
    for (const [index, statements] of migrations.entries()) {
      if (index < version) continue;
      await sql.query(
        `BEGIN; ${statements}; DELETE FROM schema_version; INSERT INTO schema_version VALUES (${index + 1}); COMMIT`,
      );
    }
  } finally {
    await sql.query('SELECT pg_advisory_unlock(7070)');
  }
};
