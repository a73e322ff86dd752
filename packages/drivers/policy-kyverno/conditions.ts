import { parseGoDuration } from '../policy-documents/go-duration.ts';
import { parseQuantity } from '../policy-documents/quantity.ts';
import { isRecord, type Path } from '../policy-documents/read-documents.ts';
import { canonical } from './canonical.ts';
import { jsonText } from './metered.ts';
import { isRange, matchesText } from './scalar-pattern.ts';
import { compareVersions } from './semantic-version.ts';
import { matchesWildcard } from './wildcard.ts';

const operatorNames = [
  'Equals',
  'Equal',
  'NotEquals',
  'NotEqual',
  'In',
  'AnyIn',
  'AllIn',
  'NotIn',
  'AnyNotIn',
  'AllNotIn',
  'GreaterThan',
  'GreaterThanOrEquals',
  'LessThan',
  'LessThanOrEquals',
  'DurationGreaterThan',
  'DurationGreaterThanOrEquals',
  'DurationLessThan',
  'DurationLessThanOrEquals',
] as const;
type Operator = (typeof operatorNames)[number];

export interface Condition {
  readonly key: unknown;
  readonly operator: Operator;
  readonly value: unknown;
  readonly message?: string;
}

/** `any`: at least one of them, when there are any; `all`: each of them. */
export interface Conditions {
  readonly any: readonly Condition[];
  readonly all: readonly Condition[];
}

type TellFault = (path: Path, message: string) => void;

const readList = (given: unknown, path: Path, fault: TellFault): readonly Condition[] => {
  if (!Array.isArray(given)) {
    fault(path, 'conditions must be a list');
    return [];
  }
  return given.flatMap((one: unknown, index) => {
    const at = [...path, index];
    if (!isRecord(one)) {
      fault(at, 'a condition has key, operator and value');
      return [];
    }
    const unknown = Object.keys(one).find(name => !['key', 'operator', 'value', 'message'].includes(name));
    if (unknown) fault([...at, unknown], `a condition has no field ${unknown}`);
    const operator = operatorNames.find(name => name === one.operator);
    if (!operator) {
      fault([...at, 'operator'], `the operator of a condition is one of ${operatorNames.join(', ')}`);
      return [];
    }
    const message = typeof one.message === 'string' ? { message: one.message } : {};
    return [{ key: one.key ?? null, operator, value: one.value ?? null, ...message }];
  });
};

/** Groups of conditions, each of which must hold: `any`/`all`, a list of those, or the old list of conditions. */
export const readConditions = (given: unknown, path: Path, fault: TellFault): readonly Conditions[] => {
  const group = (one: Readonly<Record<string, unknown>>, at: Path): Conditions => {
    for (const name of Object.keys(one))
      if (name !== 'any' && name !== 'all') fault([...at, name], `conditions have any and all, not ${name}`);
    return {
      any: one.any === undefined ? [] : readList(one.any, [...at, 'any'], fault),
      all: one.all === undefined ? [] : readList(one.all, [...at, 'all'], fault),
    };
  };
  if (given === undefined || given === null) return [];
  if (isRecord(given)) return [group(given, path)];
  if (
    Array.isArray(given) &&
    given.length > 0 &&
    given.every(one => isRecord(one) && ('any' in one || 'all' in one))
  )
    return given.map((one, index) => group(one as Readonly<Record<string, unknown>>, [...path, index]));
  return [{ any: [], all: readList(given, path, fault) }];
};

const text = (value: unknown): string => (typeof value === 'string' ? value : (jsonText(value) ?? ''));

/** What a list of texts is written as: a list, a JSON list in a text, or one text. */
const choicesOf = (value: unknown): readonly string[] | undefined => {
  if (Array.isArray(value)) return value.map(text);
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (Array.isArray(parsed)) return parsed.map(text);
  } catch {
    // A text that is no JSON is one choice.
  }
  return [value];
};

const alike = (one: string, two: string): boolean => matchesWildcard(one, two) || matchesWildcard(two, one);

/** Of the keys, which are among the choices. `undefined` when keys or choices are nothing that can be compared. */
const among = (key: unknown, value: unknown): readonly boolean[] | undefined => {
  const keys = Array.isArray(key)
    ? key.map(text)
    : typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean'
      ? [text(key)]
      : undefined;
  if (!keys) return undefined;
  if (typeof value === 'string' && isRange(value)) return keys.map(one => matchesText(one, value));
  const choices = choicesOf(value);
  return choices && keys.map(one => choices.some(choice => alike(one, choice)));
};

const isEqual = (key: unknown, value: unknown): boolean => {
  if (typeof key === 'string') {
    const seconds = secondsOf(key, value);
    if (seconds) return seconds[0] === seconds[1];
    if (typeof value !== 'string') return false;
    const [one, two] = [parseQuantity(key), parseQuantity(value)];
    if (one !== undefined) return two !== undefined ? one === two : matchesWildcard(value, key);
    return matchesWildcard(value, key);
  }
  if (typeof key === 'number') return typeof value === 'string' ? Number(value) === key : value === key;
  if (typeof key === 'boolean') return key === value;
  return key !== null && typeof key === 'object' && canonical(key) === canonical(value);
};

/** Both as seconds, when at least one is a duration and the other one or a number. */
const secondsOf = (key: unknown, value: unknown): readonly [number, number] | undefined => {
  const read = (one: unknown): number | undefined =>
    typeof one === 'string' ? parseGoDuration(one) : undefined;
  const plain = (one: unknown): number | undefined => (typeof one === 'number' ? one : undefined);
  const [one, two] = [read(key), read(value)];
  if (one === undefined && two === undefined) return undefined;
  const [left, right] = [one ?? plain(key), two ?? plain(value)];
  return left === undefined || right === undefined ? undefined : [left, right];
};

/** Less than 0, 0 or more, for what can be ordered: durations, quantities, numbers, versions. */
const order = (key: unknown, value: unknown): number | undefined => {
  const seconds = secondsOf(key, value);
  if (seconds) return seconds[0] - seconds[1];
  if (typeof key === 'string' && typeof value === 'string') {
    const [one, two] = [parseQuantity(key), parseQuantity(value)];
    if (one !== undefined && two !== undefined) return one > two ? 1 : one < two ? -1 : 0;
    return compareVersions(key, value);
  }
  const [one, two] = [key, value].map(each =>
    typeof each === 'number'
      ? each
      : typeof each === 'string' && each.trim() !== ''
        ? Number(each)
        : Number.NaN,
  ) as [number, number];
  return Number.isNaN(one) || Number.isNaN(two) ? undefined : one - two;
};

const holds = (operator: Operator, key: unknown, value: unknown): boolean => {
  switch (operator) {
    case 'Equals':
    case 'Equal':
      return isEqual(key, value);
    case 'NotEquals':
    case 'NotEqual':
      return !isEqual(key, value);
    case 'AnyIn':
      return among(key, value)?.some(one => one) ?? false;
    case 'In':
    case 'AllIn':
      return among(key, value)?.every(one => one) ?? false;
    case 'NotIn':
    case 'AnyNotIn':
      return among(key, value)?.some(one => !one) ?? false;
    case 'AllNotIn':
      return among(key, value)?.every(one => !one) ?? false;
    default: {
      const by = order(key, value);
      if (by === undefined) return false;
      if (operator.endsWith('GreaterThan')) return by > 0;
      if (operator.endsWith('GreaterThanOrEquals')) return by >= 0;
      return operator.endsWith('LessThan') ? by < 0 : by <= 0;
    }
  }
};

export interface ConditionsResult {
  readonly hold: boolean;
  /** What the conditions that decided say of it. */
  readonly messages: readonly string[];
}

/** Whether all groups hold. `resolve` replaces the variables of keys and values. */
export const evaluateConditions = (
  groups: readonly Conditions[],
  resolve: (value: unknown) => unknown,
): ConditionsResult => {
  const messages: string[] = [];
  const isTrue = ({ key, operator, value, message }: Condition): boolean => {
    const result = holds(operator, resolve(key), resolve(value));
    if (result && message) messages.push(text(resolve(message)));
    return result;
  };
  const hold = groups.every(
    ({ any, all }) => (any.length === 0 || any.filter(isTrue).length > 0) && all.every(isTrue),
  );
  return { hold, messages: hold ? messages : [] };
};
