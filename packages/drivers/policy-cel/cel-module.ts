import type { PolicyModule } from '@causeway/contracts';
import type { Fault } from '../policy-documents/fault.ts';
import {
  isRecord,
  type Path,
  type PolicyDocument,
  readDocuments,
  textOf,
} from '../policy-documents/read-documents.ts';
import { type MatchConstraints, readMatchConstraints } from './match-constraints.ts';

/** A text of the policy that is an expression, with how to say where something in it is wrong. */
export interface Written {
  readonly text: string;
  faultAt(message: string, offset: number): Fault;
}

export interface WrittenValidation {
  readonly expression: Written;
  readonly message?: string;
  readonly messageExpression?: Written;
  readonly reason?: string;
}

export interface Named {
  readonly name: string;
  readonly expression: Written;
}

/** The rules of one document, as written. */
export interface WrittenRules {
  /** Names a single expression; `undefined` for rules that are counted. */
  readonly name: string | undefined;
  readonly constraints: MatchConstraints | undefined;
  readonly variables: readonly Named[];
  readonly conditions: readonly Named[];
  readonly validations: readonly WrittenValidation[];
}

type Tell = (fault: Fault) => void;

const fields = [
  'validations',
  'variables',
  'matchConditions',
  'matchConstraints',
  'failurePolicy',
  'paramKind',
  'auditAnnotations',
];

/** CEL never begins with `word:`, YAML of fields always does. JSON of fields is no map that a rule could be. */
const looksLikeDocument = (source: string): boolean => {
  const first = source.split('\n').find(line => !/^\s*(?:#.*)?$/.test(line) && !/^(?:---|%YAML)/.test(line));
  return (
    first !== undefined &&
    (/^\s*["']?[A-Za-z]+["']?\s*:(?:\s|$)/.test(first) ||
      /^\s*\{\s*(?:$|["'](?:validations|apiVersion|kind|spec|variables|matchConditions)["']\s*:)/.test(first))
  );
};

const single = ({ name, source }: PolicyModule): WrittenRules => {
  const faultAt = (message: string, offset: number): Fault => {
    const before = source.slice(0, offset).split('\n');
    return { module: name, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  };
  return {
    name: name.replace(/\.[a-z]+$/, ''),
    constraints: undefined,
    variables: [],
    conditions: [],
    validations: [{ expression: { text: source, faultAt } }],
  };
};

/** The fields of a document that hold rules: its own, or its `spec` for a ValidatingAdmissionPolicy. */
const bodyOf = (
  document: PolicyDocument,
  tell: Tell,
): { readonly body: Readonly<Record<string, unknown>>; readonly path: Path } | undefined => {
  const { value, faultAt } = document;
  if (value.kind === undefined && value.apiVersion === undefined) return { body: value, path: [] };
  if (value.kind !== 'ValidatingAdmissionPolicy') {
    const binding = value.kind === 'ValidatingAdmissionPolicyBinding';
    tell(
      faultAt(
        ['kind'],
        binding
          ? 'a ValidatingAdmissionPolicyBinding is not read: spec.match, parameters and action of the Policy say the same'
          : `expected a ValidatingAdmissionPolicy, not ${textOf(value.kind)}`,
      ),
    );
    return undefined;
  }
  if (!textOf(value.apiVersion).startsWith('admissionregistration.k8s.io/')) {
    tell(faultAt(['apiVersion'], 'a ValidatingAdmissionPolicy is of admissionregistration.k8s.io/v1'));
    return undefined;
  }
  if (!isRecord(value.spec)) {
    tell(faultAt(['spec'], 'a ValidatingAdmissionPolicy needs a spec'));
    return undefined;
  }
  return { body: value.spec, path: ['spec'] };
};

/** Where a document holds each part of its rules. */
export interface RulePaths {
  readonly validations: Path;
  readonly variables: Path;
  readonly conditions: Path;
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (one, key) =>
      one !== null && typeof one === 'object' && Object.hasOwn(one, key)
        ? (one as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    value,
  );

/** The expressions of a document; what is wrong with them is told. */
export const readExpressions = (
  document: PolicyDocument,
  paths: RulePaths,
  tell: Tell,
): Pick<WrittenRules, 'variables' | 'conditions' | 'validations'> => {
  const fault = (at: Path, message: string): void => tell(document.faultAt(at, message));

  const written = (given: unknown, at: Path, what: string): Written | undefined => {
    if (typeof given !== 'string' || given.trim() === '') {
      fault(at, `${what} must be an expression: a text that is not empty`);
      return undefined;
    }
    return { text: given, faultAt: (message, offset) => document.faultAt(at, message, offset) };
  };
  const items = (at: Path): readonly (readonly [Readonly<Record<string, unknown>>, Path])[] => {
    const field = String(at.at(-1));
    const given = valueAt(document.value, at) ?? [];
    if (!Array.isArray(given)) {
      fault(at, `${field} must be a list`);
      return [];
    }
    return given.flatMap((one: unknown, index) => {
      if (isRecord(one)) return [[one, [...at, index]] as const];
      fault([...at, index], `each of ${field} must be a mapping`);
      return [];
    });
  };
  const onlyHas = (one: Readonly<Record<string, unknown>>, at: Path, known: readonly string[]): void => {
    for (const key of Object.keys(one))
      if (!known.includes(key))
        fault([...at, key], `there is no field ${key}; there are ${known.join(', ')}`);
  };
  const named = (path: Path): readonly Named[] =>
    items(path).flatMap(([one, at]) => {
      onlyHas(one, at, ['name', 'expression']);
      if (typeof one.name !== 'string' || one.name === '')
        fault([...at, 'name'], `each of ${String(path.at(-1))} needs a name`);
      const expression = written(one.expression, [...at, 'expression'], 'expression');
      return expression ? [{ name: textOf(one.name), expression }] : [];
    });

  const validations = items(paths.validations).flatMap(([one, at]): readonly WrittenValidation[] => {
    onlyHas(one, at, ['expression', 'message', 'messageExpression', 'reason']);
    const expression = written(one.expression, [...at, 'expression'], 'expression');
    const messageExpression =
      one.messageExpression === undefined
        ? undefined
        : written(one.messageExpression, [...at, 'messageExpression'], 'messageExpression');
    for (const key of ['message', 'reason'])
      if (one[key] !== undefined && typeof one[key] !== 'string')
        fault([...at, key], `${key} must be a text`);
    if (!expression) return [];
    return [
      {
        expression,
        ...(typeof one.message === 'string' ? { message: one.message } : {}),
        ...(messageExpression ? { messageExpression } : {}),
        ...(typeof one.reason === 'string' ? { reason: one.reason } : {}),
      },
    ];
  });
  if (items(paths.validations).length === 0)
    fault(paths.validations, `there are no ${String(paths.validations.at(-1))}`);
  return { variables: named(paths.variables), conditions: named(paths.conditions), validations };
};

const checkFields = (
  given: Readonly<Record<string, unknown>>,
  path: Path,
  known: readonly string[],
  fault: (at: Path, message: string) => void,
): void => {
  for (const key of Object.keys(given))
    if (!known.includes(key))
      fault([...path, key], `there is no field ${key}; there are ${known.join(', ')}`);
};

const readRules = (document: PolicyDocument, tell: Tell): WrittenRules | undefined => {
  const found = bodyOf(document, tell);
  if (!found) return undefined;
  const { body, path } = found;
  const fault = (at: Path, message: string): void => tell(document.faultAt(at, message));
  checkFields(body, path, fields, fault);
  return {
    name: undefined,
    constraints:
      body.matchConstraints === undefined
        ? undefined
        : readMatchConstraints(body.matchConstraints, [...path, 'matchConstraints'], fault),
    ...readExpressions(
      document,
      {
        validations: [...path, 'validations'],
        variables: [...path, 'variables'],
        conditions: [...path, 'matchConditions'],
      },
      tell,
    ),
  };
};

/**
 * A module of a policy in CEL: an expression by itself, which must be true; YAML or JSON with `validations`, `variables` and
 * `matchConditions` as in the spec of Kubernetes’ ValidatingAdmissionPolicy; or one or more of those as whole documents.
 * `failurePolicy`, `paramKind` and `auditAnnotations` are read over: what counts when a rule fails to evaluate, and its
 * parameters, are said by the Policy.
 */
export const readCelModule = (module: PolicyModule, tell: Tell): readonly WrittenRules[] => {
  if (!looksLikeDocument(module.source)) return [single(module)];
  return readDocuments(module, tell).flatMap(document => readRules(document, tell) ?? []);
};
