import { type CelType, type CelValue, isCelError } from '@bufbuild/cel';
import type { PolicyEvaluation, PolicyFinding, PolicySource } from '@causeway/contracts';
import { type Fault, policyFaults } from '../policy-documents/fault.ts';
import type { LoadedPolicy } from '../policy-workers/loaded-policy.ts';
import { admissionValues } from './admission-values.ts';
import { Budget } from './budget.ts';
import { type Named, readCelModule, type Written, type WrittenRules } from './cel-module.ts';
import { within } from './environment.ts';
import { compileExpression, type Expression } from './expression.ts';
import { isConstrainedTo, type MatchConstraints } from './match-constraints.ts';
import { jsonOf } from './values.ts';

interface Validation {
  readonly rule: string;
  readonly expression: Expression;
  readonly message: string;
  readonly messageExpression: Expression | undefined;
  readonly reason: string | undefined;
}

interface Rules {
  readonly constraints: MatchConstraints | undefined;
  readonly variables: ReadonlyMap<string, Expression>;
  readonly conditions: readonly { readonly name: string; readonly expression: Expression }[];
  readonly validations: readonly Validation[];
}

const names = new Set(['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables']);
const next =
  'Correct the expression. What may be named and called is in docs/reference/policy-languages.md; it is CEL as in Kubernetes’ ValidatingAdmissionPolicy.';

const compileRules = (written: WrittenRules, prefix: string, tell: (fault: Fault) => void): Rules => {
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

type Bindings = Readonly<Record<string, CelValue>>;

/** What came of one document’s rules; the first error of each expression, in words. */
interface Outcome {
  readonly findings: PolicyFinding[];
  readonly errors: string[];
  readonly trace: string[];
}

const evaluateRules = (rules: Rules, bindings: Bindings, outcome: Outcome): void => {
  const { findings, errors, trace } = outcome;
  const asked = rules.conditions.map(({ name, expression }) => {
    const value = expression.evaluate(bindings);
    trace.push(`condition ${name}: ${JSON.stringify(jsonOf(value))}`);
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
    trace.push(`${validation.rule}: ${JSON.stringify(jsonOf(value))}`);
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
  isCelError(value) ? value.message : `it is neither true nor false: ${JSON.stringify(jsonOf(value))}`;

/** Variables of a document’s rules, each evaluated when it is first used, once. */
const lazily = (
  variables: Rules['variables'],
  bindings: Bindings,
  trace: string[],
): ((name: string) => CelValue | Error) => {
  const values = new Map<string, CelValue | Error>();
  return name => {
    const before = values.get(name);
    if (before !== undefined) return before;
    const value = variables.get(name)?.evaluate(bindings) ?? new Error(`there is no variable ${name}`);
    trace.push(`variable ${name}: ${JSON.stringify(jsonOf(value))}`);
    values.set(name, value);
    return value;
  };
};

/**
 * A policy in CEL. Throws `Invalid` with every fault in syntax and types. A rule that fails to evaluate, such as for a field
 * that is not there, is an error of the evaluation, as in Kubernetes; what is found besides is told, too.
 *
 * Limits: all loops together take at most `maxSteps` steps and the time given. Texts and numbers that grow without a loop are
 * ended with the thread, as are regular expressions, whose time grows with the text alone.
 */
export const loadCel = (source: PolicySource): LoadedPolicy => {
  const faults: Fault[] = [];
  const tell = (fault: Fault): void => {
    faults.push(fault);
  };
  const written = source.modules.flatMap(module =>
    readCelModule(module, tell).map(rules => ({ module: module.name, rules })),
  );
  const several = written.filter(({ rules }) => rules.name === undefined).length > 1;
  const all = written.map(({ module, rules }, index) => {
    const prefix = several && rules.name === undefined ? `${module}#${index}/` : '';
    return compileRules(rules, prefix, tell);
  });
  if (faults.length > 0 || all.length === 0) throw policyFaults(faults, next);

  return {
    outline: {
      syntax: 'cel',
      rules: all.flatMap(({ validations }) => validations.map(({ rule }) => rule)),
      tests: [],
    },
    evaluate(subject, parameters, { trace: traced, limits }): PolicyEvaluation {
      const begun = performance.now();
      const outcome: Outcome = { findings: [], errors: [], trace: [] };
      const budget = new Budget(limits);
      const bindings = admissionValues(subject, parameters);
      for (const rules of all) {
        if (rules.constraints && !isConstrainedTo(rules.constraints, subject)) {
          outcome.trace.push('matchConstraints: not about this document');
          continue;
        }
        const variable = lazily(rules.variables, bindings, outcome.trace);
        within({ budget, variable }, () => evaluateRules(rules, bindings, outcome));
      }
      const { reached } = budget;
      const [first, ...rest] = outcome.errors;
      const message = reached?.message ?? (first && [first, ...rest].join('; ').slice(0, 2000));
      return {
        findings: outcome.findings,
        ...(message ? { error: { message, ...(reached ? { limit: reached.limit } : {}) } } : {}),
        ...(traced ? { trace: outcome.trace } : {}),
        microseconds: Math.round((performance.now() - begun) * 1000),
      };
    },
  };
};
