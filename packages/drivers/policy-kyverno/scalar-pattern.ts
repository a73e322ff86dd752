import { parseGoDuration } from '../policy-documents/go-duration.ts';
import { parseQuantity } from '../policy-documents/quantity.ts';
import { matchesWildcard } from './wildcard.ts';

/** Operators at the beginning of a pattern; an empty one asks for equality. */
type Operator = '>=' | '<=' | '>' | '<' | '!' | '';
const operators = ['>=', '<=', '>', '<', '!'] as const;

const endpoint = String.raw`[-+]?\d+(?:\.\d+)?[A-Za-z]*`;
const range = new RegExp(`^(${endpoint})-(${endpoint})$`);
const notInRange = new RegExp(`^(${endpoint})!-(${endpoint})$`);

export const isRange = (pattern: string): boolean => range.test(pattern.trim());

const ordered = <T>(one: T, two: T, operator: Operator): boolean => {
  if (operator === '>=') return one >= two;
  if (operator === '<=') return one <= two;
  if (operator === '>') return one > two;
  if (operator === '<') return one < two;
  return operator === '!' ? one !== two : one === two;
};

/** Numbers as their text; nothing counts as 0, as in Kyverno. */
const numeral = (value: unknown): string | undefined =>
  value === null || value === undefined
    ? '0'
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : undefined;

const compares = (value: unknown, pattern: string, operator: Operator): boolean => {
  const text = numeral(value);
  if (text !== undefined) {
    for (const parse of [parseGoDuration, parseQuantity]) {
      const [one, two] = [parse(text), parse(pattern)];
      if (one !== undefined && two !== undefined && ordered<number | bigint>(one, two, operator)) return true;
    }
  }
  if (operator !== '' && operator !== '!') return false;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  return matchesWildcard(pattern, String(value)) === (operator === '');
};

const matchesOne = (value: unknown, pattern: string): boolean => {
  const operator = operators.find(one => pattern.startsWith(one)) ?? '';
  if (operator !== '' && pattern.length > 1)
    return compares(value, pattern.slice(operator.length).trim(), operator);
  const outside = notInRange.exec(pattern);
  if (outside) return compares(value, outside[1] ?? '', '<') || compares(value, outside[2] ?? '', '>');
  const inside = range.exec(pattern);
  if (inside && compares(value, inside[1] ?? '', '>=') && compares(value, inside[2] ?? '', '<=')) return true;
  return inside ? false : compares(value, pattern, '');
};

/**
 * Whether a value is as a text of a pattern says: `|` separates choices, `&` what must hold together, each with an operator,
 * a range or wildcards. See https://kyverno.io/docs/writing-policies/validate/#operators.
 */
export const matchesText = (value: unknown, pattern: string): boolean =>
  value === pattern ||
  pattern
    .split('|')
    .some(choice => choice.split('&').every(condition => matchesOne(value, condition.trim())));

/** Whether a value is as a pattern that is neither a mapping nor a list says. */
export const matchesScalar = (value: unknown, pattern: unknown): boolean => {
  if (typeof pattern === 'string') return matchesText(value, pattern);
  if (typeof pattern === 'boolean') return value === pattern;
  if (typeof pattern === 'number')
    return (
      value === pattern || (typeof value === 'string' && value.trim() !== '' && Number(value) === pattern)
    );
  return value === null || value === undefined || value === '' || value === 0 || value === false;
};
