import { PlatformError } from '@causeway/model';
import type { Row, Sql } from './connection.ts';

export interface Migration {
  /** The oldest schema whose servers go on working beside it. Its own number when it takes away or redefines what they use. */
  readonly compatibleFrom: number;
  readonly statements: string;
}

/**
 * Forward-only migrations; each is one transaction. The number of the last one is the schema’s version.
 * Objects are text and not jsonb: what was written comes back to the byte.
 */
const migrations: readonly Migration[] = [
  {
    compatibleFrom: 1,
    statements: `CREATE TABLE revision (
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
  },
  {
    // A server that does not know the fence could commit what another has already found missing.
    compatibleFrom: 2,
    statements: `ALTER TABLE revision ADD COLUMN fence bigint NOT NULL DEFAULT 0;
   CREATE UNLOGGED TABLE lease (
     name text PRIMARY KEY, holder text NOT NULL, epoch uuid NOT NULL, expires timestamptz NOT NULL
   );`,
  },
  {
    compatibleFrom: 2,
    statements: `ALTER TABLE history ADD COLUMN previous bigint;
   ALTER TABLE revision ADD COLUMN floor bigint NOT NULL DEFAULT 0;
   UPDATE revision SET floor = n;`,
  },
  {
    compatibleFrom: 2,
    statements: `CREATE TABLE decision_input (
     digest text PRIMARY KEY, data text NOT NULL, redacted boolean NOT NULL, used timestamptz NOT NULL
   );
   CREATE INDEX decision_input_used ON decision_input (used);
   CREATE TABLE decision (
     seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id text NOT NULL UNIQUE,
     at timestamptz NOT NULL, place text NOT NULL, team text NOT NULL, kind text NOT NULL, name text NOT NULL,
     operation text NOT NULL, actor text NOT NULL, allowed boolean NOT NULL,
     input text NOT NULL, context text NOT NULL, policies text NOT NULL, results text NOT NULL
   );
   CREATE INDEX decision_at ON decision (at);
   CREATE INDEX decision_team ON decision (team, seq);
   CREATE INDEX decision_object ON decision (name, seq);
   CREATE INDEX decision_denied ON decision (seq) WHERE NOT allowed;`,
  },
];

const tooNew = (version: number, known: number, compatibleFrom?: number): PlatformError =>
  new PlatformError(
    'DataTooNew',
    `the database has schema ${version}, this version of Causeway knows ${known}`,
    compatibleFrom === undefined
      ? {}
      : {
          evidence: [`servers that know schema ${compatibleFrom} or newer can work with it`],
          next: 'Run the version of Causeway that the other servers of this database run.',
        },
  );

/** The statements that make an empty database one of this version of the schema. */
export const schemaStatements = (version: number): string => {
  if (version > migrations.length) throw tooNew(version, migrations.length);
  return migrations
    .slice(0, version)
    .map(({ statements }) => statements)
    .join(';\n');
};

/** Throws `DataTooNew` when a database has a schema that servers of `known` must not write to. */
export const checkSchema = (row: Row | undefined, known = migrations.length): void => {
  const version = Number(row?.version ?? 0);
  const compatibleFrom = Number(row?.compatible_from ?? version);
  if (version > known && compatibleFrom > known) throw tooNew(version, known, compatibleFrom);
};

/** A server that has just ended may count for this long: its lease must run out. */
const patienceMs = 3000;

const othersRun = async (sql: Sql): Promise<boolean> => {
  const [table] = await sql.query("SELECT to_regclass('lease') AS lease");
  if (!table?.lease) return false;
  const [row] = await sql.query(
    "SELECT count(*) AS running FROM lease WHERE name LIKE 'server/%' AND expires > clock_timestamp() AND expires < clock_timestamp() + interval '1 minute'",
  );
  return Number(row?.running) > 0;
};

/** Servers of an older version, which do not understand what is to come, must not be running. */
const untilAlone = async (sql: Sql, version: number, next: number): Promise<void> => {
  const deadline = performance.now() + patienceMs;
  while (await othersRun(sql)) {
    if (performance.now() > deadline)
      throw new PlatformError(
        'DataUnusable',
        `a server of an older version runs on this database, and cannot work with schema ${next}`,
        {
          evidence: [`the database has schema ${version}`],
          next: 'Stop all servers of the older version, then start this one again.',
        },
      );
    await new Promise(resolve => setTimeout(resolve, 100));
  }
};

/**
 * Brings the database to this version’s schema; several servers may call it at once. A newer schema is left as it is when it
 * says that servers of this version work with it, and refused otherwise. What older servers cannot work with waits until none
 * runs.
 */
export const migrate = async (sql: Sql, known: readonly Migration[] = migrations): Promise<void> => {
  await sql.query('SELECT pg_advisory_lock(7070)');
  try {
    await sql.query(
      `CREATE TABLE IF NOT EXISTS schema_version (version int NOT NULL);
       ALTER TABLE schema_version ADD COLUMN IF NOT EXISTS compatible_from int`,
    );
    const [row] = await sql.query('SELECT version, compatible_from FROM schema_version');
    checkSchema(row, known.length);
    const version = Number(row?.version ?? 0);
    for (const [index, { statements, compatibleFrom }] of known.entries()) {
      if (index < version) continue;
      const shutsOut = version > 0 && compatibleFrom > version;
      if (shutsOut) await untilAlone(sql, version, index + 1);
      // A server that only seemed to have ended, such as one that was suspended, is made to look at the schema before it writes.
      const fence = shutsOut ? 'UPDATE revision SET fence = fence + 1;' : '';
      await sql.query(
        `BEGIN; ${statements}; ${fence} DELETE FROM schema_version;
         INSERT INTO schema_version (version, compatible_from) VALUES (${index + 1}, ${compatibleFrom}); COMMIT`,
      );
    }
  } finally {
    await sql.query('SELECT pg_advisory_unlock(7070)');
  }
};
