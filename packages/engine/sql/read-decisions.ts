import type { DecisionInput, DecisionQuery, RecordedDecision } from '../decisions/decision-record.ts';
import type { Row, Sql } from './connection.ts';
import { policyWithin } from './decision-rows.ts';

const inputsOf = (row: Row): DecisionInput[] =>
  [
    { digest: row.input, data: row.input_data, redacted: row.input_redacted },
    { digest: row.context, data: row.context_data, redacted: row.context_redacted },
  ].flatMap(({ digest, data, redacted }) =>
    typeof data === 'string' ? { digest: String(digest), data, redacted: redacted === true } : [],
  );

const decisionOf = (row: Row, inputs: boolean): RecordedDecision => ({
  seq: Number(row.seq),
  id: String(row.id),
  at: (row.at as Date).toISOString(),
  place: String(row.place),
  team: String(row.team),
  kind: String(row.kind),
  name: String(row.name),
  operation: String(row.operation),
  actor: String(row.actor),
  allowed: row.allowed === true,
  input: String(row.input),
  ...(row.context === '' ? {} : { context: String(row.context) }),
  results: JSON.parse(String(row.results)),
  ...(inputs ? { inputs: inputsOf(row) } : {}),
});

/** Newest first. Only what is asked for stands in the statement, so that an index fits it. */
export const readDecisions = async (sql: Sql, query: DecisionQuery): Promise<RecordedDecision[]> => {
  const { since, policy, teams, place, kind, name, denied, before, limit, inputs = false } = query;
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const where = [
    ...(since === undefined ? [] : [`d.at >= ${value(since)}`]),
    ...(policy === undefined ? [] : [`strpos(d.policies, ${value(policyWithin(policy))}) > 0`]),
    ...(teams === undefined ? [] : [`d.team = ANY(${value(teams)}::text[])`]),
    ...(place === undefined ? [] : [`d.place = ${value(place)}`]),
    ...(kind === undefined ? [] : [`d.kind = ${value(kind)}`]),
    ...(name === undefined ? [] : [`d.name = ${value(name)}`]),
    ...(denied ? ['NOT d.allowed'] : []),
    ...(before === undefined ? [] : [`d.seq < ${value(before)}`]),
  ];
  const rows = await sql.query(
    `SELECT d.*${inputs ? ', i.data AS input_data, i.redacted AS input_redacted, c.data AS context_data, c.redacted AS context_redacted' : ''}
     FROM decision d${inputs ? ' LEFT JOIN decision_input i ON i.digest = d.input LEFT JOIN decision_input c ON c.digest = d.context' : ''}
     ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY d.seq DESC LIMIT ${value(limit)}`,
    values,
  );
  return rows.map(row => decisionOf(row, inputs));
};

/**
 * Forgets what was decided before a time, RFC 3339. An input’s last use is noted to within a day: what has not been used for a day
 * longer has no decision left.
 */
export const dropDecisions = async (sql: Sql, before: string): Promise<void> => {
  await sql.query('DELETE FROM decision WHERE at < $1', [before]);
  await sql.query(`DELETE FROM decision_input WHERE used < $1::timestamptz - interval '1 day'`, [before]);
};
