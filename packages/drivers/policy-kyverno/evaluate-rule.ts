import type { PolicySubject } from '@causeway/contracts';
import { admissionValues } from '../policy-cel/admission-values.ts';
import { evaluateRules, type Outcome } from '../policy-cel/rule-set.ts';
import type { Budget } from '../policy-documents/budget.ts';
import { evaluateConditions } from './conditions.ts';
import { searchJmesPath } from './expressions.ts';
import { matches, namesOperations } from './match.ts';
import { jsonText } from './metered.ts';
import { matchPattern } from './pattern.ts';
import type { Check, Loop, Rule } from './rule.ts';
import { substitute } from './variables.ts';

/** How a rule judged. `skip`: it says nothing of this document. */
export type RuleResult =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'skip'; readonly reason: string }
  | {
      readonly outcome: 'fail';
      /** In the words of whoever wrote the part that failed, where there are any. */
      readonly messages: readonly string[];
      /** Where the document differs from a pattern, and how. */
      readonly differences?: readonly string[];
      readonly path?: string;
    }
  | { readonly outcome: 'error'; readonly reason: string };

interface Evaluation {
  readonly subject: PolicySubject;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly budget: Budget;
}

type Data = Readonly<Record<string, unknown>>;

const withContext = (check: Check, given: Data): Data => {
  let data = given;
  for (const { name, value, expression, fallback } of check.context) {
    let found = value === undefined ? undefined : substitute(value, data, 'empty');
    if (expression !== undefined) {
      const text = String(substitute(expression, data, 'empty'));
      try {
        found = searchJmesPath(text, value === undefined ? data : found);
      } catch (error) {
        if (fallback === undefined) throw error;
        found = undefined;
      }
    }
    data = {
      ...data,
      [name]: found ?? (fallback === undefined ? null : substitute(fallback, data, 'empty')),
    };
  }
  return data;
};

const evaluateAnyPattern = (
  patterns: readonly unknown[],
  target: unknown,
  { budget }: Evaluation,
): RuleResult => {
  const results = patterns.map(pattern => matchPattern(target, pattern, budget));
  if (results.some(({ outcome }) => outcome === 'pass')) return { outcome: 'pass' };
  const failed = results.flatMap(result => (result.outcome === 'fail' ? [result] : []));
  if (failed.length === 0) return { outcome: 'skip', reason: 'the conditions of no pattern hold' };
  return {
    outcome: 'fail',
    messages: [],
    differences: failed.map(({ path, reason }) => `at ${path}: ${reason}`),
  };
};

const evaluatePattern = (pattern: unknown, target: unknown, { budget }: Evaluation): RuleResult => {
  const result = matchPattern(target, pattern, budget);
  if (result.outcome === 'pass') return result;
  const { path, reason } = result;
  return result.outcome === 'skip'
    ? { outcome: 'skip', reason: `at ${path}: ${reason}` }
    : { outcome: 'fail', messages: [], differences: [`at ${path}: ${reason}`], path };
};

const evaluateCel = (
  rules: NonNullable<Check['cel']>,
  { subject, parameters, budget }: Evaluation,
): RuleResult => {
  const outcome: Outcome = { findings: [], errors: [], trace: undefined };
  evaluateRules(rules, admissionValues(subject, parameters), budget, outcome);
  const [error] = outcome.errors;
  // What is found counts, whatever else could not be evaluated.
  if (outcome.findings.length > 0)
    return { outcome: 'fail', messages: outcome.findings.map(({ message }) => message) };
  return error ? { outcome: 'error', reason: error } : { outcome: 'pass' };
};

const evaluateLoop = (loop: Loop, data: Data, depth: number, evaluation: Evaluation): RuleResult => {
  const list = searchJmesPath(String(substitute(loop.list, data)), data);
  const elements = Array.isArray(list) ? list : list === null || list === undefined ? [] : [list];
  let applied = false;
  for (const [index, element] of elements.entries()) {
    evaluation.budget.step();
    if (element === null) continue;
    const inside = {
      ...data,
      element,
      elementIndex: index,
      [`element${depth}`]: element,
      [`elementIndex${depth}`]: index,
    };
    const result = evaluateCheck(loop, inside, element, depth + 1, evaluation);
    if (result.outcome === 'fail' || result.outcome === 'error') return result;
    if (result.outcome === 'pass') applied = true;
  }
  return applied ? { outcome: 'pass' } : { outcome: 'skip', reason: 'no element is concerned' };
};

const evaluateLoops = (
  loops: readonly Loop[],
  data: Data,
  depth: number,
  evaluation: Evaluation,
): RuleResult => {
  const results = loops.map(loop => evaluateLoop(loop, data, depth, evaluation));
  return (
    results.find(({ outcome }) => outcome === 'fail' || outcome === 'error') ??
    results.find(({ outcome }) => outcome === 'pass') ?? {
      outcome: 'skip',
      reason: 'no element is concerned',
    }
  );
};

const evaluateCheck = (
  check: Check,
  given: Data,
  target: unknown,
  depth: number,
  evaluation: Evaluation,
): RuleResult => {
  const data = withContext(check, given);
  if (!evaluateConditions(check.preconditions, value => substitute(value, data, 'empty')).hold)
    return { outcome: 'skip', reason: 'its preconditions do not hold' };
  const resolve = (value: unknown): unknown => substitute(value, data);
  if (check.cel) return evaluateCel(check.cel, evaluation);
  if (check.foreach) return evaluateLoops(check.foreach, data, depth, evaluation);
  if (check.deny) {
    const { hold, messages } = evaluateConditions(check.deny, resolve);
    return hold ? { outcome: 'fail', messages } : { outcome: 'pass' };
  }
  if (check.anyPattern) return evaluateAnyPattern(check.anyPattern.map(resolve), target, evaluation);
  return evaluatePattern(resolve(check.pattern), target, evaluation);
};

/** Whether a rule is about a subject. What is deleted concerns only rules that name operations. */
export const isAbout = ({ match, exclude }: Rule, subject: PolicySubject): boolean =>
  matches(match, subject) &&
  (subject.request.operation !== 'DELETE' || namesOperations(match)) &&
  !((exclude.any.length > 0 || exclude.all.length > 0) && matches(exclude, subject));

/** Judges a document that a rule is about. Throws what ends the whole evaluation, and nothing else. */
export const evaluateRule = (rule: Rule, data: Data, target: unknown, evaluation: Evaluation): RuleResult => {
  try {
    const result = evaluateCheck(rule, data, target, 0, evaluation);
    if (result.outcome !== 'fail') return result;
    return { ...result, messages: messagesOf(rule, withContext(rule, data), result) };
  } catch (error) {
    if (evaluation.budget.reached) throw error;
    return { outcome: 'error', reason: error instanceof Error ? error.message : String(error) };
  }
};

/** The rule’s own message with its variables, or as it is written when one has no value; else what was found. */
const messagesOf = (
  { name, message, cel }: Rule,
  data: Data,
  { messages, differences = [] }: Extract<RuleResult, { outcome: 'fail' }>,
): readonly string[] => {
  if (messages.length > 0 && (cel || message === undefined)) return messages;
  if (message === undefined)
    return differences.length > 0
      ? differences.map(one => `${name}: ${one}`)
      : [`the rule ${name} does not allow it`];
  try {
    const said = substitute(message, data);
    return [(typeof said === 'string' ? said : (jsonText(said) ?? '')).trim()];
  } catch {
    return [message.trim()];
  }
};
