import type { Batch, Guard, Head } from '../database/database.ts';
import { decisionRows, decisionValues } from './decision-rows.ts';

/** The guards that no longer hold, of names and epochs given as two parameters. */
export const lostGuards = (parameter: number): string => `
  SELECT name, epoch FROM unnest($${parameter}::text[], $${parameter + 1}::uuid[]) AS guard(name, epoch)
  WHERE NOT EXISTS (SELECT FROM lease WHERE lease.name = guard.name AND lease.epoch = guard.epoch)`;

export const guardValues = (guards: readonly Guard[]): unknown[] => [
  guards.map(guard => guard.lease),
  guards.map(guard => guard.epoch),
];

/** Between texts that are JSON, in which it cannot occur: quicker than an array, for which every quote is escaped. */
const separator = '\x1e';
const texts = (parameter: number): string => `string_to_array($${parameter}, E'\\x1e')`;

/** An array as PostgreSQL reads it, of what needs no quotes: numbers, truth values, single words. */
const literal = (values: readonly (string | number | boolean)[]): string => `{${values.join()}}`;

/**
 * One statement, one round trip, one fsync: nothing of it happens unless the head is still the one expected. The row of the
 * head is locked by the update and held to the commit, so revisions are visible in order.
 */
const statement = (more: string): string => `
WITH moved AS (UPDATE revision SET n = $1, audit_seq = $2, audit_hash = $3 WHERE n = $4 AND fence = $5
  AND NOT EXISTS (${lostGuards(25)}) RETURNING n),
t AS MATERIALIZED (
  SELECT rv, type, kind, namespace, name, data, last, previous
  FROM moved, unnest($7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], ${texts(12)}, $13::boolean[], $27::bigint[])
    AS given(rv, type, kind, namespace, name, data, last, previous)),
h AS (INSERT INTO history (rv, batch, type, kind, namespace, name, data, previous)
  SELECT rv, $6::uuid, type, kind, namespace, name, data, previous FROM t),
put AS (INSERT INTO object (kind, namespace, name, rv, data)
  SELECT kind, namespace, name, rv, data FROM t WHERE last AND type <> 'DELETED'
  ON CONFLICT (kind, namespace, name) DO UPDATE SET rv = excluded.rv, data = excluded.data),
gone AS (DELETE FROM object o USING t
  WHERE last AND type = 'DELETED' AND o.kind = t.kind AND o.namespace = t.namespace AND o.name = t.name),
a AS (INSERT INTO audit (seq, record, hash)
  SELECT seq, record, hash FROM moved, unnest($14::bigint[], ${texts(15)}, $16::text[]) AS given(seq, record, hash)),
l AS (INSERT INTO ledger (id, at, type, team, service, environment, actor, data)
  SELECT id, at, type, team, service, environment, actor, data
  FROM moved, unnest($17::text[], $18::timestamptz[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], ${texts(24)})
    AS given(id, at, type, team, service, environment, actor, data)
  ON CONFLICT (id) DO NOTHING)${more}
SELECT pg_notify('causeway', n::text) FROM moved`;

const plain = statement('');
/** A batch without decisions pays nothing for them. */
const deciding = statement(decisionRows(28));

/** The statement that writes a batch; its parameters are `batchValues`. */
export const writeBatch = ({ decisions }: Batch): string => (decisions.length > 0 ? deciding : plain);

/** Whether each change is the last of its object within the batch. */
const isLast = ({ changes }: Batch): boolean[] => {
  const seen = new Set<string>();
  return changes
    .map(({ kind, namespace, name }) => `${kind}\n${namespace}\n${name}`)
    .reverse()
    .map(place => seen.size < seen.add(place).size)
    .reverse();
};

export const batchValues = ({ revision, fence }: Head, batch: Batch): unknown[] => {
  const { id, head, changes, audits, ledger, decisions, guards } = batch;
  return [
    head.revision,
    head.auditSeq,
    head.auditHash,
    revision,
    fence,
    id,
    literal(changes.map(change => change.revision)),
    literal(changes.map(change => change.type)),
    changes.map(change => change.kind),
    changes.map(change => change.namespace),
    changes.map(change => change.name),
    changes.map(change => change.data).join(separator),
    literal(isLast(batch)),
    literal(audits.map(audit => audit.seq)),
    audits.map(audit => audit.record).join(separator),
    literal(audits.map(audit => audit.hash)),
    ledger.map(entry => entry.id),
    ledger.map(entry => entry.at),
    ledger.map(entry => entry.type),
    ledger.map(entry => entry.team),
    ledger.map(entry => entry.service),
    ledger.map(entry => entry.environment ?? ''),
    ledger.map(entry => entry.actor),
    ledger.map(entry => JSON.stringify(entry.data ?? {})).join(separator),
    ...guardValues(guards),
    literal(changes.map(change => change.previous ?? 'NULL')),
    ...(decisions.length > 0 ? decisionValues(decisions) : []),
  ];
};
