import { type Fields, isFields, type Policy, type PolicyAction, severities } from '@causeway/model';
import { completePolicy } from '../judge/judging-policy.ts';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

const annotationsOf = ({ metadata }: Fields): Fields =>
  isFields(metadata) && isFields(metadata.annotations) ? metadata.annotations : {};

const specOf = ({ spec }: Fields): Fields => (isFields(spec) ? spec : {});

const common = (object: Fields, source: string) => {
  const annotations = annotationsOf(object);
  const severity = text(annotations['policies.kyverno.io/severity'])?.toLowerCase();
  return {
    title: text(annotations['policies.kyverno.io/title'])?.slice(0, 100),
    why: (text(annotations['policies.kyverno.io/description']) ?? 'The policy gives no reason.').slice(
      0,
      2000,
    ),
    instead: 'Change what the message names.',
    owner: 'platform',
    severity: severities.find(one => one === severity) ?? 'medium',
    source: { inline: source },
  };
};

/** Kyverno: what its rules or the policy itself say is done on a failure. Audit is Kyverno’s default. */
const kyvernoAction = (spec: Fields): PolicyAction => {
  const rules = Array.isArray(spec.rules) ? spec.rules : [];
  const said = [spec.validationFailureAction, ...rules.map(rule => rule?.validate?.failureAction)];
  return said.some(one => /^enforce$/i.test(String(one))) ? 'deny' : 'audit';
};

export const kyvernoSpec = (object: Fields, source: string): Policy['spec'] => {
  const spec = specOf(object);
  return completePolicy({
    ...common(object, source),
    engine: 'kyverno',
    action: kyvernoAction(spec),
    onError: spec.failurePolicy === 'Ignore' ? 'allow' : 'deny',
  });
};

/** Bindings of a ValidatingAdmissionPolicy say what is done; without one it refuses. */
export const admissionPolicySpec = (
  object: Fields,
  source: string,
  bindings: readonly Fields[],
): Policy['spec'] => {
  const name = isFields(object.metadata) ? object.metadata.name : undefined;
  const said = bindings
    .filter(binding => specOf(binding).policyName === name)
    .flatMap(binding => specOf(binding).validationActions ?? []);
  const action =
    said.length === 0 || said.includes('Deny') ? 'deny' : said.includes('Warn') ? 'warn' : 'audit';
  return completePolicy({
    ...common(object, source),
    engine: 'cel',
    action,
    onError: specOf(object).failurePolicy === 'Ignore' ? 'allow' : 'deny',
  });
};
