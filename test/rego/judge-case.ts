import type * as Engine from '../../packages/drivers/policy-rego/artefact/rego.js';
import { canonicalText, exactText, parseExact } from './exact-json.ts';
import type { OpaCase, Suite } from './opa-cases.ts';

interface Result {
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly values: readonly { readonly value?: unknown }[];
}

type Outcome = { readonly results: readonly Result[] } | { readonly error: string };

const ask = (engine: typeof Engine, one: OpaCase, suite: Suite): Outcome => {
  const limits = new engine.Limits(20_000_000, 20_000, 512 * 1024 * 1024);
  const input = (): Engine.Document => {
    const documentOf = (json: string) => new engine.Document(Buffer.from(json));
    if (one.input_term === undefined)
      return 'input' in one ? documentOf(exactText(one.input)) : new engine.Document();
    const term = new engine.Policies([]).query(new engine.Document(), one.input_term, limits);
    const { results } = parseExact(term!) as unknown as { results: Result[] };
    return documentOf(exactText(results[0]!.values[0]!.value));
  };
  try {
    engine.setRequest(Buffer.from('{}'), Date.parse('2026-03-01T12:00:00Z'));
    const policies = new engine.Policies([]);
    if (one.strict_error) policies.setStrictBuiltinErrors(true);
    for (const [i, source] of (one.modules ?? []).entries())
      policies.addModule(`module${i}.rego`, source, suite === 'v0');
    policies.addData(exactText(one.data ?? {}));
    const answer = policies.query(input(), one.query, limits) ?? '{"results":[]}';
    return parseExact(answer) as unknown as { results: Result[] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name !== 'Error' || /^(panic: |limit: memory)/.test(error.message)) throw error;
    return { error: error.message };
  }
};

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.toSorted((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1)) : value;

/** Bindings of one result, as text that is equal for what OPA’s own runner holds equal. */
const comparable = (bindings: Readonly<Record<string, unknown>>, sort: boolean | undefined): string =>
  canonicalText(
    Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, sort ? sorted(value) : value])),
  );

/**
 * Why an engine disagrees with OPA about a case, or nothing. As in OPA’s own runner results are compared as a set. Where OPA has an error
 * ours must be one, too; its words and code may differ. Throws when the engine breaks.
 */
export const disagreement = (engine: typeof Engine, one: OpaCase, suite: Suite): string | undefined => {
  const outcome = ask(engine, one, suite);
  if (one.want_error_code !== undefined || one.want_error !== undefined)
    return 'error' in outcome ? undefined : `no error, but ${exactText(outcome.results)}`;
  if ('error' in outcome) return outcome.error;
  if (one.want_result) {
    const ours = new Set(outcome.results.map(({ bindings }) => comparable(bindings, one.sort_bindings)));
    const theirs = new Set(one.want_result.map(bindings => comparable(bindings, one.sort_bindings)));
    const same = ours.size === theirs.size && ours.isSubsetOf(theirs);
    return same ? undefined : `${[...ours].join(' ')} instead of ${[...theirs].join(' ')}`;
  }
  if (one.want_defined !== undefined)
    return outcome.results.length > 0 === one.want_defined ? undefined : exactText(outcome.results);
  return undefined;
};
