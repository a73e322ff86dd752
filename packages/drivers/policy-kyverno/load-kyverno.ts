import type {
  PolicyEvaluation,
  PolicyFinding,
  PolicyModule,
  PolicySource,
  PolicySubject,
} from '@causeway/contracts';
import { Budget } from '../policy-documents/budget.ts';
import { type Fault, policyFaults } from '../policy-documents/fault.ts';
import {
  isRecord,
  type Path,
  type PolicyDocument,
  readDocuments,
  textOf,
} from '../policy-documents/read-documents.ts';
import { identityOf, objectsOf } from '../policy-documents/subject.ts';
import type { LoadedPolicy } from '../policy-workers/loaded-policy.ts';
import { generatedRules } from './autogen.ts';
import { readCelRule } from './cel-rule.ts';
import { evaluateRule, isAbout, type RuleResult } from './evaluate-rule.ts';
import { imagesOf } from './images.ts';
import { spending } from './metered.ts';
import { type Rule, readRule } from './rule.ts';

/** A rule in all its forms: as written, and for the controllers of Pods. At most one is about a document. */
interface Forms {
  readonly name: string;
  readonly forms: readonly Rule[];
}

interface Policy {
  /** Of a Policy, which is of one namespace. */
  readonly namespace: string | undefined;
  readonly rules: readonly Forms[];
  /** Only the first rule that says something counts. */
  readonly first: boolean;
}

const next =
  'Write what is named otherwise, or leave it out. docs/reference/policy-languages.md says what of Kyverno’s policies is supported.';

/** What says when and how Kyverno acts on a verdict: the Policy says it here. */
const specFields = [
  'rules',
  'applyRules',
  'failurePolicy',
  'validationFailureAction',
  'validationFailureActionOverrides',
  'emitWarning',
  'admission',
  'background',
  'schemaValidation',
  'webhookTimeoutSeconds',
  'webhookConfiguration',
  'useServerSideApply',
];

const readRuleForms = (
  document: PolicyDocument,
  rules: readonly unknown[],
  index: number,
  tell: (fault: Fault) => void,
): Forms | undefined => {
  const path: Path = ['spec', 'rules', index];
  const given = rules[index];
  const fault = (at: Path, message: string): void => tell(document.faultAt(at, message));
  if (!isRecord(given)) {
    fault(path, 'a rule must be a mapping');
    return undefined;
  }
  const rule = readRule(given, path, fault);
  const cel = readCelRule(document, path, tell);
  if (!rule) return undefined;
  const others = generatedRules(document.value, rules, given).flatMap(one => {
    const written: PolicyDocument = {
      value: { spec: { rules: [one] } },
      faultAt: () => document.faultAt(path, ''),
    };
    const ignore = (): void => {};
    // What is wrong with it is wrong with the rule it is made from, and was told there.
    const form = readRule(one, path, ignore);
    const celForm = readCelRule(written, ['spec', 'rules', 0], ignore);
    return form ? [{ ...form, ...(celForm ? { cel: celForm } : {}) }] : [];
  });
  return { name: rule.name, forms: [{ ...rule, ...(cel ? { cel } : {}) }, ...others] };
};

const readPolicy = (document: PolicyDocument, tell: (fault: Fault) => void): Policy | undefined => {
  const { value } = document;
  const fault = (at: Path, message: string): void => tell(document.faultAt(at, message));
  if (
    !/^kyverno\.io\/v\d/.test(textOf(value.apiVersion)) ||
    (value.kind !== 'ClusterPolicy' && value.kind !== 'Policy')
  ) {
    const newer = textOf(value.apiVersion).startsWith('policies.kyverno.io/');
    fault(
      ['kind'],
      newer
        ? `${textOf(value.kind)} is not supported; its validations are CEL, which a Policy with engine: cel holds`
        : `expected a ClusterPolicy or Policy of kyverno.io/v1, not ${textOf(value.apiVersion)} ${textOf(value.kind)}`,
    );
    return undefined;
  }
  const spec = isRecord(value.spec) ? value.spec : {};
  for (const key of Object.keys(spec))
    if (!specFields.includes(key)) fault(['spec', key], `${key} of a ClusterPolicy is not supported`);
  if (!Array.isArray(spec.rules) || spec.rules.length === 0) {
    fault(['spec', 'rules'], 'there are no rules');
    return undefined;
  }
  const { rules } = spec;
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  return {
    namespace: value.kind === 'Policy' ? textOf(metadata.namespace ?? 'default') : undefined,
    rules: rules.flatMap((_rule, index) => readRuleForms(document, rules, index, tell) ?? []),
    first: spec.applyRules === 'One',
  };
};

const readModule = (module: PolicyModule, tell: (fault: Fault) => void): readonly Policy[] =>
  readDocuments(module, tell).flatMap(document => readPolicy(document, tell) ?? []);

/** What the variables of rules are taken from: Kyverno’s context, and what our places say of the request. */
const contextOf = (subject: PolicySubject, parameters: Readonly<Record<string, unknown>>) => {
  const { group, version, kind, name, namespace } = identityOf(subject);
  const { object, oldObject } = objectsOf(subject);
  const [, accountNamespace, accountName] =
    /^system:serviceaccount:([^:]+):(.+)$/.exec(subject.request.user) ?? [];
  const images = imagesOf(object ?? oldObject);
  return {
    request: {
      ...subject.request,
      // A rule about what is deleted speaks of the object that was.
      object: object ?? oldObject,
      oldObject,
      kind: { group, version, kind },
      name,
      namespace,
      userInfo: { username: subject.request.user, groups: [] },
    },
    parameters,
    ...(images ? { images } : {}),
    ...(accountName ? { serviceAccountName: accountName, serviceAccountNamespace: accountNamespace } : {}),
  };
};

/**
 * A Kyverno policy: the rules that validate of ClusterPolicy and Policy documents (kyverno.io). Throws `Invalid` with every
 * fault and with whatever it asks for that is not supported. Rules about Pods are about their controllers, too, and keep
 * their name there. A variable without a value, outside preconditions, is an error of the evaluation.
 */
export const loadKyverno = (source: PolicySource): LoadedPolicy => {
  const faults: Fault[] = [];
  const policies = source.modules.flatMap(module => readModule(module, fault => faults.push(fault)));
  if (faults.length > 0 || policies.length === 0) throw policyFaults(faults, next);

  return {
    outline: {
      syntax: 'kyverno',
      rules: policies.flatMap(({ rules }) => rules.map(({ name }) => name)),
      tests: [],
    },
    evaluate(subject, parameters, { trace: traced, limits }): PolicyEvaluation {
      const begun = performance.now();
      const findings: PolicyFinding[] = [];
      const errors: string[] = [];
      const trace: string[] = [];
      const budget = new Budget(limits);
      const data = contextOf(subject, parameters);
      const evaluation = { subject, parameters, budget };
      const ask = ({ name, forms }: Forms): RuleResult['outcome'] => {
        const rule = forms.find(one => isAbout(one, subject));
        const result: RuleResult = rule
          ? evaluateRule(rule, data, data.request.object, evaluation)
          : { outcome: 'skip', reason: 'it is not about this document' };
        trace.push(`${name}: ${result.outcome}${'reason' in result ? `, ${result.reason}` : ''}`);
        if (result.outcome === 'error') errors.push(`${name}: ${result.reason}`);
        if (result.outcome === 'fail')
          for (const message of result.messages)
            findings.push({
              rule: name,
              level: 'deny',
              message,
              ...(result.path ? { details: { path: result.path } } : {}),
            });
        return result.outcome;
      };
      const askAll = (): void => {
        for (const { namespace, rules, first } of policies) {
          if (namespace !== undefined && identityOf(subject).namespace !== namespace) continue;
          for (const rule of rules) if (ask(rule) !== 'skip' && first) break;
        }
      };
      try {
        spending(budget, askAll);
      } catch (error) {
        if (!budget.reached) throw error;
      }
      const { reached } = budget;
      const message = reached?.message ?? (errors.length > 0 ? errors.join('; ').slice(0, 2000) : undefined);
      return {
        findings,
        ...(message ? { error: { message, ...(reached ? { limit: reached.limit } : {}) } } : {}),
        ...(traced ? { trace } : {}),
        microseconds: Math.round((performance.now() - begun) * 1000),
      };
    },
  };
};
