import type { DecisionInput, DecisionRecord, NewDecision } from '../decisions/decision-record.ts';

/** Between texts that are JSON, in which it cannot occur. */
const separator = '\x1e';
const texts = (parameter: number): string => `string_to_array($${parameter}, E'\\x1e')`;

/** Names in pushed documents are anything; PostgreSQL’s text is not. */
const column = (text: string): string => text.replaceAll('\0', '\ufffd').slice(0, 300);

/** Names of policies between blanks, which none of them holds: found by a text within a text. */
const namesOf = ({ results }: DecisionRecord): string => ` ${results.map(({ policy }) => policy).join(' ')} `;

export const policyWithin = (policy: string): string => ` ${policy} `;

/**
 * What the statement of a batch has beside the rest when the batch holds decisions: with `moved`, in which nothing is when the
 * batch is not written. An input that is used again is kept for longer; that is noted once a day.
 */
export const decisionRows = (first: number): string => {
  const at = (offset: number): string => `$${first + offset}`;
  return `,
di AS (INSERT INTO decision_input (digest, data, redacted, used)
  SELECT digest, data, redacted, used FROM moved, unnest(${at(0)}::text[], ${texts(first + 1)}, ${at(2)}::boolean[], ${at(3)}::timestamptz[])
    AS given(digest, data, redacted, used)
  ON CONFLICT (digest) DO UPDATE SET used = excluded.used WHERE decision_input.used < excluded.used - interval '1 day'),
d AS (INSERT INTO decision (id, at, place, team, kind, name, operation, actor, allowed, input, context, policies, results)
  SELECT id, at, place, team, kind, name, operation, actor, allowed, input, context, policies, results
  FROM moved, unnest(${at(4)}::text[], ${at(5)}::timestamptz[], ${at(6)}::text[], ${at(7)}::text[], ${at(8)}::text[], ${at(9)}::text[],
      ${at(10)}::text[], ${at(11)}::text[], ${at(12)}::boolean[], ${at(13)}::text[], ${at(14)}::text[], ${at(15)}::text[], ${texts(first + 16)})
    AS given(id, at, place, team, kind, name, operation, actor, allowed, input, context, policies, results)
  ON CONFLICT (id) DO NOTHING)`;
};

/** Each input once, with the newest decision of it. */
const lastUses = (
  decisions: readonly NewDecision[],
): readonly (DecisionInput & { readonly used: string })[] => {
  const uses = new Map<string, DecisionInput & { readonly used: string }>();
  for (const { inputs, at } of decisions)
    for (const input of inputs) {
      const known = uses.get(input.digest);
      if (!known || Date.parse(known.used) < Date.parse(at)) uses.set(input.digest, { ...input, used: at });
    }
  return [...uses.values()];
};

/** The values of `decisionRows`, in order. */
export const decisionValues = (decisions: readonly NewDecision[]): unknown[] => {
  const each = lastUses(decisions);
  return [
    each.map(({ digest }) => digest),
    each.map(({ data }) => data).join(separator),
    each.map(({ redacted }) => redacted),
    each.map(({ used }) => used),
    decisions.map(({ id }) => id),
    decisions.map(({ at }) => at),
    decisions.map(({ place }) => place),
    decisions.map(({ team }) => column(team)),
    decisions.map(({ kind }) => column(kind)),
    decisions.map(({ name }) => column(name)),
    decisions.map(({ operation }) => operation),
    decisions.map(({ actor }) => column(actor)),
    decisions.map(({ allowed }) => allowed),
    decisions.map(({ input }) => input),
    decisions.map(({ context }) => context ?? ''),
    decisions.map(namesOf),
    decisions.map(({ results }) => JSON.stringify(results)).join(separator),
  ];
};
