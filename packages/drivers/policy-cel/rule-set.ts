import { type CelType, type CelValue, isCelError } from '@bufbuild/cel';
import type { PolicyFinding } from '@causeway/contracts';
import type { Budget } from '../policy-documents/budget.ts';
import type { Fault } from '../policy-documents/fault.ts';
import type { Named, Written, WrittenRules } from './cel-module.ts';
import { compileExpression, type Expression } from './expression.ts';
import type { MatchConstraints } from './match-constraints.ts';
import { within } from './run.ts';
import { shown } from './values.ts';

interface Validation {
  readonly rule: string;
  readonly expression: Expression;
  readonly message: string;
  readonly messageExpression: Expression | undefined;
  readonly reason: string | undefined;
}

export interface Rules {
  readonly constraints: MatchConstraints | undefined;
  readonly variables: ReadonlyMap<string, Expression>;
  readonly conditions: readonly { readonly name: string; readonly expression: Expression }[];
  readonly validations: readonly Validation[];
}

const names = new Set(['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables']);
export const compileRules = (written: WrittenRules, prefix: string, tell: (fault: Fault) => void): Rules => {
  const types = new Map<string, CelType>();
  const compile = ({ text, faultAt }: Written, wanted: 'bool' | 'string' | 'any'): Expression | undefined =>
    compileExpression(text, { names, variables: types }, wanted, (message, offset) =>
      tell(faultAt(message, offset)),
    );
  const variables = new Map<string, Expression>();
  for (const { name, expression } of written.variables) {
    if (types.has(name)) tell(expression.faultAt(`there are two variables ${name}`, 0));
    const compiled = compile(expression, 'any');
    if (!compiled) continue;
    variables.set(name, compiled);
    types.set(name, compiled.type);
  }
  const condition = ({ name, expression }: Named) => {
    const compiled = compile(expression, 'bool');
    return compiled ? [{ name, expression: compiled }] : [];
  };
  return {
    constraints: written.constraints,
    variables,
    conditions: written.conditions.flatMap(condition),
    validations: written.validations.flatMap((one, index) => {
      const expression = compile(one.expression, 'bool');
      const messageExpression = one.messageExpression && compile(one.messageExpression, 'string');
      if (!expression) return [];
      const text = one.expression.text.trim();
      return [
        {
          rule: prefix + (written.name ?? `validations[${index}]`),
          expression,
          message: one.message?.trim() || `failed: ${text}`,
          messageExpression,
          reason: one.reason,
        },
      ];
    }),
  };
};

/** The message an expression makes; whatever is no line of text leaves the plain one, as in Kubernetes. */
const messageOf = ({ message, messageExpression }: Validation, bindings: Bindings): string => {
  const made = messageExpression?.evaluate(bindings);
  return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made.trim() : message;
};

export type Bindings = Readonly<Record<string, CelValue>>;

/** What came of one document’s rules; the first error of each expression, in words. */
export interface Outcome {
  readonly findings: PolicyFinding[];
  readonly errors: string[];
  /** Only where it is asked for: values may be large. */
  readonly trace: string[] | undefined;
}

const judge = (rules: Rules, bindings: Bindings, outcome: Outcome): void => {
  const { findings, errors, trace } = outcome;
  const asked = rules.conditions.map(({ name, expression }) => {
    const value = expression.evaluate(bindings);
    trace?.push(`condition ${name}: ${shown(value)}`);
    return { name, value };
  });
  if (asked.some(({ value }) => value === false)) return;
  const unsure = asked.filter(({ value }) => value !== true);
  if (unsure.length > 0) {
    errors.push(...unsure.map(({ name, value }) => `matchCondition ${name}: ${problemOf(value)}`));
    return;
  }
  for (const validation of rules.validations) {
    const value = validation.expression.evaluate(bindings);
    trace?.push(`${validation.rule}: ${shown(value)}`);
    if (value === true) continue;
    if (value === false)
      findings.push({
        rule: validation.rule,
        level: 'deny',
        message: messageOf(validation, bindings),
        ...(validation.reason ? { details: { reason: validation.reason } } : {}),
      });
    else errors.push(`${validation.rule}: ${problemOf(value)}`);
  }
};

const problemOf = (value: unknown): string =>
  isCelError(value) ? value.message : `it is neither true nor false: ${shown(value)}`;

/** Variables of a document’s rules, each evaluated when it is first used, once. */
const lazily = (
  variables: Rules['variables'],
  bindings: Bindings,
  trace: string[] | undefined,
): ((name: string) => CelValue | Error) => {
  const values = new Map<string, CelValue | Error>();
  return name => {
    const before = values.get(name);
    if (before !== undefined) return before;
    const value = variables.get(name)?.evaluate(bindings) ?? new Error(`there is no variable ${name}`);
    trace?.push(`variable ${name}: ${shown(value)}`);
    values.set(name, value);
    return value;
  };
};

/** Evaluates the rules of one document. */
export const evaluateRules = (rules: Rules, bindings: Bindings, budget: Budget, outcome: Outcome): void => {
  const variable = lazily(rules.variables, bindings, outcome.trace);
  within({ budget, variable }, () => judge(rules, bindings, outcome));
};
