import type { EvidenceFinding } from '@causeway/model';
import type { EvidenceReport } from './evidence-report.ts';
import { at, given, listAt, malformed, numberOf, type ReportValue, textAt } from './report-value.ts';

type Compliance = 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE' | 'INSUFFICIENT_DATA';
const compliances: readonly Compliance[] = [
  'COMPLIANT',
  'NON_COMPLIANT',
  'NOT_APPLICABLE',
  'INSUFFICIENT_DATA',
];

const complianceOf = (value: ReportValue): Compliance => {
  const text = textAt(value, 'ComplianceType', 50);
  const found = compliances.find(one => one === text);
  if (!found)
    throw malformed(
      `${value.path}.ComplianceType`,
      `it is one of ${compliances.join(', ')}, not ${text ?? 'absent'}`,
    );
  return found;
};

/** AWS Config rates nothing: what does not comply is medium, what could not be evaluated low. */
const findingOf = (
  compliance: Compliance,
  rule: string | undefined,
  path: string,
  about: { readonly location: string | undefined; readonly annotation?: string | undefined },
): readonly EvidenceFinding[] => {
  if (compliance === 'COMPLIANT' || compliance === 'NOT_APPLICABLE') return [];
  if (rule === undefined) throw malformed(path, 'it has no ConfigRuleName');
  const broken = compliance === 'NON_COMPLIANT';
  return [
    {
      id: rule,
      severity: broken ? 'medium' : 'low',
      title: about.annotation ?? `${rule}: ${broken ? 'not compliant' : 'not enough data to evaluate it'}`,
      ...given({ location: about.location }),
    },
  ];
};

/** `aws configservice get-compliance-details-by-config-rule`. */
const detail = (result: ReportValue): readonly EvidenceFinding[] => {
  const identifier = at(result, 'EvaluationResultIdentifier');
  const qualifier = identifier && at(identifier, 'EvaluationResultQualifier');
  const [type, id] = [
    qualifier && textAt(qualifier, 'ResourceType', 300),
    qualifier && textAt(qualifier, 'ResourceId', 600),
  ];
  return findingOf(complianceOf(result), qualifier && textAt(qualifier, 'ConfigRuleName', 200), result.path, {
    location: [type, id].filter(Boolean).join(' ') || undefined,
    annotation: textAt(result, 'Annotation', 1000),
  });
};

/** `aws configservice describe-compliance-by-config-rule`. */
const summary = (rule: ReportValue): readonly EvidenceFinding[] => {
  const compliance = at(rule, 'Compliance');
  if (!compliance) throw malformed(rule.path, 'it has no Compliance');
  const contributors = at(compliance, 'ComplianceContributorCount');
  const count = contributors && numberOf(at(contributors, 'CappedCount'));
  const more = contributors && at(contributors, 'CapExceeded')?.value === true ? ' or more' : '';
  return findingOf(complianceOf(compliance), textAt(rule, 'ConfigRuleName', 200), rule.path, {
    location: count === undefined ? undefined : `${count}${more} resources`,
  });
};

export const isAwsConfig = (root: ReportValue): boolean =>
  at(root, 'EvaluationResults') !== undefined || at(root, 'ComplianceByConfigRules') !== undefined;

/** Compliance results of AWS Config, in the JSON of its command line. */
export const readAwsConfig = (root: ReportValue): EvidenceReport => {
  const token = at(root, 'NextToken');
  if (token)
    throw malformed(
      token.path,
      'there are more results than this file has: ask for all of them (without --max-items)',
    );
  return {
    format: 'aws-config',
    tool: 'AWS Config',
    findings: [
      ...listAt(root, 'EvaluationResults').flatMap(detail),
      ...listAt(root, 'ComplianceByConfigRules').flatMap(summary),
    ],
    components: [],
    notes: [],
  };
};
