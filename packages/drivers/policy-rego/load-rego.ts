import type { PolicyEvaluation, PolicySource, PolicySubject } from '@causeway/contracts';
import { whereOf } from '../policy-documents/fault.ts';
import type { EvaluateOptions, LoadedPolicy } from '../policy-workers/loaded-policy.ts';
import { type Policies, Rules } from './artefact/rego.js';
import { ask, maxSteps } from './ask.ts';
import { faultOf, lossOf, textOf } from './failure.ts';
import { needInstance } from './instance.ts';
import { judge } from './judge.ts';
import { loadModules } from './load-modules.ts';
import { rulesOf } from './outline.ts';
import { NotUnderstood } from './read-findings.ts';
import { readsReview, reviewInput } from './review-input.ts';
import { runTests } from './run-tests.ts';

type EvaluationError = NonNullable<PolicyEvaluation['error']>;

/** What an evaluation threw, as its error. Throws `ThreadLost` when there is no way on. */
const errorOf = (error: unknown, { limits }: EvaluateOptions, module: string): EvaluationError => {
  if (error instanceof NotUnderstood) return { message: error.message };
  const loss = lossOf(error);
  if (loss) throw loss;
  const text = textOf(error);
  if (text === 'limit: steps') return { message: `it takes more than ${maxSteps} steps`, limit: 'steps' };
  if (text === 'limit: time')
    return { message: `it takes longer than ${limits.milliseconds} ms`, limit: 'time' };
  const fault = faultOf(text, module);
  return { message: `${whereOf(fault)}: ${fault.message}` };
};

/** Parameters change seldom, and each change of data is an analysis anew: the last few are kept. */
const keptParameters = 4;

/**
 * A policy in Rego. What decides are its rules `deny…`, `violation…` and `warn…`, less what its `exception` rules except,
 * in whatever package. `input` is the document, or for modules that read `input.review` what Gatekeeper hands in; beside
 * it there are `data.parameters` and `data.request`. Throws `Invalid` with file, line and column, or `ThreadLost`.
 */
export const loadRego = (source: PolicySource): LoadedPolicy => {
  needInstance();
  const { policies, versions } = loadModules(source, {});
  const rules = rulesOf(policies);
  const deciding = rules.filter(({ role }) => role === 'deny' || role === 'warn' || role === 'exception');
  const asked = new Rules(deciding.map(({ path }) => path));
  const review = readsReview(source.modules);
  const byParameters = new Map<string, Policies>([['{}', policies]]);

  const withParameters = (parameters: Readonly<Record<string, unknown>>): Policies => {
    const key = JSON.stringify(parameters);
    const kept = byParameters.get(key) ?? loadModules(source, parameters).policies;
    byParameters.delete(key);
    byParameters.set(key, kept);
    const [oldest] = byParameters;
    if (oldest && byParameters.size > keptParameters) {
      byParameters.delete(oldest[0]);
      oldest[1].free();
    }
    return kept;
  };

  const evaluate = (
    subject: PolicySubject,
    parameters: Readonly<Record<string, unknown>>,
    options: EvaluateOptions,
  ): Omit<PolicyEvaluation, 'microseconds'> => {
    try {
      const input = review ? reviewInput(subject, parameters) : undefined;
      const answer = ask(withParameters(parameters), asked, options.limits, subject, input);
      if (answer.results.length === 0 && !options.trace) return { findings: [] };
      const { findings, trace } = judge(deciding, answer);
      return { findings, ...(options.trace ? { trace } : {}) };
    } catch (error) {
      return { findings: [], error: errorOf(error, options, source.modules[0]!.name) };
    }
  };

  return {
    outline: {
      syntax: versions.includes('v0') ? 'rego.v0' : 'rego.v1',
      rules: [...new Set(deciding.flatMap(({ name, role }) => (role === 'exception' ? [] : [name])))],
      tests: rules.filter(({ role }) => role === 'test').map(({ path }) => path),
    },
    evaluate(subject, parameters, options) {
      const begun = performance.now();
      const evaluation = evaluate(subject, parameters, options);
      return { ...evaluation, microseconds: Math.round((performance.now() - begun) * 1000) };
    },
    test: () => runTests(source),
  };
};
