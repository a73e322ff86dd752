import { TreeInterpreter } from '@jmespath-community/jmespath';
import type { Budget } from '../policy-documents/budget.ts';
import { weightOf } from '../policy-documents/weight.ts';

let budget: Budget | undefined;

/** Evaluates with a budget: what expressions visit and make counts. */
export const spending = <T>(of: Budget, work: () => T): T => {
  const before = budget;
  budget = of;
  try {
    return work();
  } finally {
    budget = before;
  }
};

/** Counts bytes that are about to be made. */
export const hold = (bytes: number): void => budget?.hold(bytes);

/** Enough for whatever limit there is. */
const heavy = 2 ** 30;

/** A value as JSON text; `undefined` has none. */
export const jsonText = (
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string | undefined => {
  hold(weightOf(value, heavy));
  return JSON.stringify(value, replacer);
};

const lengthOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) ? value.length : 0;

/** How often one text stands in another. */
const occurrences = (text: unknown, wanted: unknown): number => {
  if (typeof text !== 'string' || typeof wanted !== 'string') return 0;
  if (wanted === '') return text.length;
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
};

const replaced = ([text, old, by]: readonly unknown[]): number =>
  lengthOf(text) + occurrences(text, old) * lengthOf(by);
const padded = ([text, width]: readonly unknown[]): number => Math.max(lengthOf(text), Number(width) || 0);

/** An item of a list and what it refers to; a value that is read from text. */
const [slot, parsed] = [16, 8];

/** What functions make that is larger than what they are given, in bytes. */
const growths: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  join: ([separator, list]) =>
    Array.isArray(list) ? list.reduce<number>((sum, one) => sum + lengthOf(one) + lengthOf(separator), 0) : 0,
  replace: replaced,
  replace_all: replaced,
  pad_left: padded,
  pad_right: padded,
  split: ([text, separator]) => slot * (1 + occurrences(text, separator)),
  to_string: ([value]) => weightOf(value, heavy),
  parse_json: ([text]) => parsed * lengthOf(text),
  parse_yaml: ([text]) => parsed * lengthOf(text),
};

/** Parts of an expression cost less than iterations of a policy’s own loops. */
const visit = 1 / 16;

const metered = (interpreter: typeof TreeInterpreter): typeof TreeInterpreter => {
  const { runtime } = interpreter;
  const plainVisit = interpreter.visit.bind(interpreter);
  const plainScope = interpreter.withScope.bind(interpreter);
  const plainCall = runtime.callFunction.bind(runtime);
  interpreter.visit = (node, value) => {
    budget?.step(visit);
    return plainVisit(node, value);
  };
  interpreter.withScope = scope => metered(plainScope(scope));
  runtime.callFunction = (name, args) => {
    hold(growths[name]?.(args) ?? 0);
    const result = plainCall(name, args);
    hold(lengthOf(result));
    return result;
  };
  return interpreter;
};

/** The library’s interpreter, which knows of no limits itself. */
export const interpreter = metered(TreeInterpreter);
