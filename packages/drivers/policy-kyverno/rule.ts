import { isRecord, type Path, textOf } from '../policy-documents/read-documents.ts';
import { anchorOf } from './anchors.ts';
import type { CelRules } from './cel-rule.ts';
import { type Conditions, readConditions } from './conditions.ts';
import { compileJmesPath } from './expressions.ts';
import { isEmpty, type Match, readMatch, type TellFault } from './match.ts';
import { UnclosedVariable } from './template.ts';
import { expressionsIn } from './variables.ts';

/** A value that a rule names before it judges. */
export interface ContextVariable {
  readonly name: string;
  readonly value: unknown;
  readonly expression: string | undefined;
  readonly fallback: unknown;
}

/** What a rule asks of a document, or a loop of each element. */
export interface Check {
  readonly context: readonly ContextVariable[];
  readonly preconditions: readonly Conditions[];
  readonly pattern?: unknown;
  readonly anyPattern?: readonly unknown[];
  readonly deny?: readonly Conditions[];
  readonly cel?: CelRules;
  readonly foreach?: readonly Loop[];
}

export interface Loop extends Check {
  /** A JMESPath expression for a list. */
  readonly list: string;
}

export interface Rule extends Check {
  readonly name: string;
  readonly match: Match;
  readonly exclude: Match;
  readonly message: string | undefined;
}

const unsupported = new Map(
  Object.entries({
    mutate: 'a policy judges and changes nothing',
    generate: 'a policy judges and makes nothing',
    verifyImages: 'signatures of images are not verified here; hand in what verified them as Evidence',
    imageExtractors: 'it belongs to verifyImages',
    apiCall: 'a policy sees the document alone, so that it decides the same each time',
    configMap: 'a policy sees the document alone; use parameters of the Policy',
    globalReference: 'a policy sees the document alone; use parameters of the Policy',
    imageRegistry: 'a policy sees the document alone, not registries',
    podSecurity:
      'write the checks as patterns; those of the pod security standards are in Kyverno’s own library',
    manifests: 'signatures of manifests are not verified here',
    assert: 'assertion trees are not supported; write a pattern',
    elementScope: 'patterns of a loop are compared with the element',
  }),
);

const refuseUnknown = (
  given: Readonly<Record<string, unknown>>,
  path: Path,
  known: readonly string[],
  what: string,
  fault: TellFault,
): void => {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    const why = unsupported.get(key);
    fault([...path, key], why ? `${key} is not supported: ${why}` : `${what} has no field ${key}`);
  }
};

/** Expressions in braces are read when the policy is loaded: one that cannot work should not wait for its first document. */
const checkExpressions = (value: unknown, path: Path, fault: TellFault): void => {
  try {
    for (const one of expressionsIn(value)) compileJmesPath(one);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    fault(path, error instanceof UnclosedVariable ? error.message : `in {{ }}: ${error.message}`);
  }
};

const checkPattern = (pattern: unknown, path: Path, fault: TellFault): void => {
  if (typeof pattern === 'string' && /\$\(/.test(pattern))
    fault(path, 'references such as $(./field) are not supported');
  if (Array.isArray(pattern))
    for (const [index, one] of pattern.entries()) checkPattern(one, [...path, index], fault);
  if (!isRecord(pattern)) return;
  for (const [key, value] of Object.entries(pattern)) {
    if (anchorOf(key)?.kind === 'addition') fault([...path, key], 'the anchor +() belongs to mutate');
    checkPattern(value, [...path, key], fault);
  }
};

const readContext = (given: unknown, path: Path, fault: TellFault): readonly ContextVariable[] => {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    fault(path, 'context must be a list');
    return [];
  }
  return given.flatMap((one: unknown, index) => {
    const at = [...path, index];
    if (!isRecord(one) || typeof one.name !== 'string') {
      fault(at, 'each of context needs a name');
      return [];
    }
    refuseUnknown(one, at, ['name', 'variable'], 'context', fault);
    if (!isRecord(one.variable)) return [];
    const { value, jmesPath, default: fallback } = one.variable;
    refuseUnknown(one.variable, [...at, 'variable'], ['value', 'jmesPath', 'default'], 'a variable', fault);
    if (jmesPath !== undefined && typeof jmesPath !== 'string')
      fault([...at, 'variable', 'jmesPath'], 'jmesPath must be a text');
    if (typeof jmesPath === 'string' && !jmesPath.includes('{{'))
      checkExpressions(`{{ ${jmesPath} }}`, [...at, 'variable', 'jmesPath'], fault);
    checkExpressions([value, fallback], at, fault);
    return [
      { name: one.name, value, expression: typeof jmesPath === 'string' ? jmesPath : undefined, fallback },
    ];
  });
};

const judgements = ['pattern', 'anyPattern', 'deny', 'foreach', 'cel'];

/** The part of a rule or loop that says what must hold. */
const readJudgement = (
  given: Readonly<Record<string, unknown>>,
  path: Path,
  fault: TellFault,
): Omit<Check, 'context' | 'preconditions' | 'cel'> => {
  const has = judgements.filter(name => given[name] !== undefined);
  if (has.length !== 1)
    fault(
      path,
      `there must be one of ${judgements.join(', ')}; there ${has.length === 0 ? 'is none' : `are ${has.join(', ')}`}`,
    );
  const { pattern, anyPattern, deny, foreach } = given;
  checkPattern(pattern, [...path, 'pattern'], fault);
  checkPattern(anyPattern, [...path, 'anyPattern'], fault);
  if (anyPattern !== undefined && !Array.isArray(anyPattern))
    fault([...path, 'anyPattern'], 'anyPattern must be a list');
  if (deny !== undefined && !isRecord(deny))
    fault([...path, 'deny'], 'deny must be a mapping with conditions');
  const denied = isRecord(deny) ? deny : {};
  refuseUnknown(denied, [...path, 'deny'], ['conditions'], 'deny', fault);
  return {
    ...(pattern === undefined ? {} : { pattern }),
    ...(Array.isArray(anyPattern) ? { anyPattern } : {}),
    ...(deny === undefined
      ? {}
      : { deny: readConditions(denied.conditions, [...path, 'deny', 'conditions'], fault) }),
    ...(foreach === undefined ? {} : { foreach: readLoops(foreach, [...path, 'foreach'], fault) }),
  };
};

const readLoops = (given: unknown, path: Path, fault: TellFault): readonly Loop[] => {
  if (!Array.isArray(given)) {
    fault(path, 'foreach must be a list');
    return [];
  }
  return given.flatMap((one: unknown, index) => {
    const at = [...path, index];
    if (!isRecord(one) || typeof one.list !== 'string') {
      fault(at, 'each of foreach needs a list');
      return [];
    }
    refuseUnknown(one, at, ['list', 'context', 'preconditions', 'order', ...judgements], 'foreach', fault);
    if (one.cel !== undefined) fault([...at, 'cel'], 'cel is no part of foreach');
    if (one.elementScope === false) fault([...at, 'elementScope'], 'elementScope: false is not supported');
    if (!one.list.includes('{{')) checkExpressions(`{{ ${one.list} }}`, [...at, 'list'], fault);
    return [
      {
        list: one.list,
        context: readContext(one.context, [...at, 'context'], fault),
        preconditions: readConditions(one.preconditions, [...at, 'preconditions'], fault),
        ...readJudgement(one, at, fault),
      },
    ];
  });
};

const ruleFields = [
  'name',
  'match',
  'exclude',
  'context',
  'preconditions',
  'celPreconditions',
  'validate',
  'skipBackgroundRequests',
  'reportProperties',
];
const validateFields = [
  'message',
  'failureAction',
  'failureActionOverrides',
  'allowExistingViolations',
  ...judgements,
];

/** Reads a rule that validates. All that is not supported is told, with where it is and why. CEL is read by its own reader. */
export const readRule = (
  given: Readonly<Record<string, unknown>>,
  path: Path,
  fault: TellFault,
): Rule | undefined => {
  refuseUnknown(given, path, ruleFields, 'a rule', fault);
  const { name, validate, match, exclude } = given;
  if (typeof name !== 'string' || name === '') fault([...path, 'name'], 'a rule needs a name');
  if (!isRecord(validate)) {
    if (![...unsupported.keys()].some(key => key in given)) fault(path, 'a rule needs validate');
    return undefined;
  }
  refuseUnknown(validate, [...path, 'validate'], validateFields, 'validate', fault);
  for (const [key, value] of Object.entries({
    ...given,
    match: undefined,
    exclude: undefined,
    validate: undefined,
    context: undefined,
  }))
    checkExpressions(value, [...path, key], fault);
  for (const [key, value] of Object.entries(validate))
    if (key !== 'cel') checkExpressions(value, [...path, 'validate', key], fault);
  const matched = readMatch(match, [...path, 'match'], fault);
  if (isEmpty(matched)) fault([...path, 'match'], 'match must name something');
  return {
    name: textOf(name),
    match: matched,
    exclude: exclude === undefined ? { any: [], all: [] } : readMatch(exclude, [...path, 'exclude'], fault),
    message: typeof validate.message === 'string' ? validate.message : undefined,
    context: readContext(given.context, [...path, 'context'], fault),
    preconditions: readConditions(given.preconditions, [...path, 'preconditions'], fault),
    ...readJudgement(validate, [...path, 'validate'], fault),
  };
};
