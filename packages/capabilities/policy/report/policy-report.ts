import type { KindObject, PolicyReport, Severity } from '@causeway/model';
import type { PolicyDecision } from '@causeway/policy';

type Result = PolicyReport['results'][number];
type Summary = PolicyReport['summary'];

/** What is told about a policy beside its decision. */
export interface ReportedPolicy {
  readonly name: string;
  readonly title?: string | undefined;
  readonly instead: string;
  readonly severity: Severity;
}

const resultsOf = (decision: PolicyDecision, policy: ReportedPolicy | undefined): readonly Result[] => {
  const { result, findings, error, action, version } = decision;
  const common = {
    source: 'causeway',
    policy: decision.policy,
    severity: decision.severity,
    ...(policy?.title ? { category: policy.title } : {}),
  };
  const properties = { action, version: version.slice(0, 12) };
  if (error && result === 'error') return [{ ...common, result: 'error', message: error, properties }];
  if (findings.length === 0) return [{ ...common, result: 'pass', properties }];
  return findings.map(({ rule, level, message, exception }) => ({
    ...common,
    rule,
    result: exception ? ('skip' as const) : level === 'deny' && result !== 'pass' ? 'fail' : 'warn',
    message: `${message} ${policy?.instead ?? ''}`.trim(),
    properties: exception ? { ...properties, exception } : properties,
  }));
};

/** How many results there are of each sort. */
export const summaryOf = (results: readonly Pick<Result, 'result'>[]): Summary => {
  const summary: Summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of results) summary[result] += 1;
  return summary;
};

/** Names a report after its object: one each, within the 253 characters of a name. */
export const reportName = (plural: string, name: string): string => `${plural}.${name}`.slice(0, 253);

/** The fields of an object’s report, or `undefined` when no policy applies to it. */
export const reportOf = (
  { apiVersion, kind, metadata: { name, namespace, uid } }: KindObject,
  decisions: readonly PolicyDecision[],
  policies: readonly ReportedPolicy[],
): Pick<PolicyReport, 'scope' | 'results' | 'summary'> | undefined => {
  if (decisions.length === 0) return undefined;
  const results = decisions.flatMap(decision =>
    resultsOf(
      decision,
      policies.find(one => one.name === decision.policy),
    ),
  );
  return {
    scope: { apiVersion, kind, name, ...(namespace ? { namespace } : {}), uid },
    results,
    summary: summaryOf(results),
  };
};
