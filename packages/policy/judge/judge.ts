import type { PolicyEngine, PolicyEvaluation, PolicySubject } from '@causeway/contracts';
import type { Exception } from '@causeway/model';
import { applies } from './applies.ts';
import { coverOf, exceptionsFor } from './exceptions.ts';
import type { JudgingPolicy } from './judging-policy.ts';
import type { PolicyDecision, Verdict } from './verdict.ts';

export interface JudgeParts {
  readonly engine: Pick<PolicyEngine, 'evaluate'>;
  /** In the order of their names. */
  readonly policies: readonly JudgingPolicy[];
  readonly exceptions: readonly Exception[];
}

export interface JudgeOptions {
  readonly trace?: boolean;
  /** Also drafts, which otherwise only tests ask. */
  readonly drafts?: boolean;
}

const outcome = (
  { name, spec, version }: JudgingPolicy,
  evaluation: PolicyEvaluation,
  exceptions: readonly Exception[],
): PolicyDecision => {
  const findings = evaluation.findings.map(finding => {
    const cover = coverOf(exceptions, finding);
    return cover
      ? { ...finding, exception: `${cover.metadata.namespace ?? ''}/${cover.metadata.name}` }
      : finding;
  });
  const open = findings.filter(finding => !('exception' in finding));
  // What it found counts, also when it could not look at the rest.
  const result = open.some(({ level }) => level === 'deny')
    ? 'fail'
    : evaluation.error
      ? 'error'
      : open.length > 0
        ? 'warn'
        : findings.length > 0
          ? 'skip'
          : 'pass';
  return {
    policy: name,
    version,
    action: spec.action,
    severity: spec.severity,
    result,
    findings,
    ...(evaluation.error ? { error: evaluation.error.message } : {}),
    microseconds: evaluation.microseconds,
    ...(evaluation.trace ? { trace: evaluation.trace } : {}),
  };
};

/** Whether a decision stands in the way: what a denying policy refuses, or could not judge and does not let through. */
const refuses = ({ action, result }: PolicyDecision, { spec }: JudgingPolicy): boolean =>
  action === 'deny' && (result === 'fail' || (result === 'error' && spec.onError === 'deny'));

/** Asks all policies that apply. What cannot be evaluated refuses, unless its policy says otherwise. */
export const judge = async (
  { engine, policies, exceptions }: JudgeParts,
  subject: PolicySubject,
  { trace = false, drafts = false }: JudgeOptions = {},
): Promise<Verdict> => {
  const asked = policies.filter(
    ({ spec }) => (drafts || spec.action !== 'draft') && applies(spec.match, subject),
  );
  if (asked.length === 0) return { allowed: true, decisions: [] };
  const loaded = asked.filter(one => one.loaded !== undefined);
  const evaluations = await engine.evaluate(
    loaded.map(({ loaded, spec }) => ({ digest: loaded as string, parameters: spec.parameters })),
    subject,
    { trace },
  );
  const evaluated = new Map(loaded.map((policy, index) => [policy, evaluations[index]]));
  const decisions = asked.map(policy => {
    const evaluation = evaluated.get(policy) ?? notJudged(policy.broken);
    return outcome(policy, evaluation, exceptionsFor(exceptions, policy, subject));
  });
  return {
    allowed: !asked.some((policy, index) => refuses(decisions[index] as PolicyDecision, policy)),
    decisions,
  };
};

const notJudged = (broken = 'it has not been loaded'): PolicyEvaluation => ({
  findings: [],
  error: { message: broken },
  microseconds: 0,
});
