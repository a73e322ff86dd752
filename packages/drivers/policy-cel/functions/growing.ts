import {
  type CelFunc,
  type CelInput,
  type CelList,
  type CelValue,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { current } from '../run.ts';

/** Texts that are made character by character take this many bytes for each until they are read. */
const character = 32;
const slot = 8;

/** Bytes of a value written out, about; what is held in many places counts in each. Ends the evaluation when it is too much. */
const writtenOut = (value: CelValue): void => {
  const { budget } = current();
  budget.hold(typeof value === 'string' ? value.length : slot);
  if (isCelList(value)) for (const one of value) writtenOut(one);
  if (isCelMap(value))
    for (const [key, one] of value) {
      writtenOut(key as CelValue);
      writtenOut(one);
    }
};

/** How often one text stands in another. */
const occurrences = (text: string, wanted: string): number => {
  if (wanted === '') return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count += 1;
  return count;
};

const joined = (list: CelList, separator: string): number => {
  let length = list.size * separator.length;
  for (const one of list) length += typeof one === 'string' ? one.length : 0;
  return length;
};

type Growth = (target: never, args: readonly never[]) => number;
const growth = <T, A extends readonly unknown[]>(of: (target: T, ...args: A) => number): Growth =>
  ((target: T, args: A) => of(target, ...args)) as unknown as Growth;

/** What each function is about to make, in bytes, by the function’s id. */
const growths: Readonly<Record<string, Growth>> = {
  '_+_(string,string)': growth((_: unknown, one: string, two: string) => one.length + two.length),
  '_+_(bytes,bytes)': growth((_: unknown, one: Uint8Array, two: Uint8Array) => one.length + two.length),
  // Their items stay where they are, but whatever reads the list goes through all of it.
  '_+_(list,list)': growth((_: unknown, one: CelList, two: CelList) => slot * (one.size + two.size)),
  lowerAscii: growth((text: string) => character * text.length),
  upperAscii: growth((text: string) => character * text.length),
  'strings.quote': growth((_: unknown, text: string) => character * text.length),
  split: growth((text: string, separator: string) => 2 * slot * occurrences(text, separator)),
  replace: growth(
    (text: string, wanted: string, by: string) => text.length + occurrences(text, wanted) * by.length,
  ),
  join: growth((list: CelList, separator?: string) => joined(list, separator ?? '')),
  format: growth((text: string, args: CelList) => {
    writtenOut(args);
    return character * text.length;
  }),
};

/** A function of the library that counts what it makes before it does. */
const counted = (func: CelFunc): CelFunc => {
  const grows = growths[func.id] ?? growths[func.name];
  if (!grows) return func;
  const call = (target: CelValue | undefined, args: readonly CelValue[]): CelInput => {
    current().budget.hold(grows(target as never, args as never));
    const result = func.call(0, target, [...args]);
    if (result === undefined) throw new Error(`${func.name} does not take such values`);
    if (isCelError(result)) throw result;
    return result;
  };
  return func.target
    ? celMethod(func.name, func.target, func.arguments, func.result, function (...args) {
        return call(this as CelValue, args as CelValue[]);
      })
    : celFunc(func.name, func.arguments, func.result, (...args) => call(undefined, args as CelValue[]));
};

/** The library’s functions on texts, and what adds texts and lists. */
export const growingFunctions: readonly CelFunc[] = [
  ...[...(celEnv().funcs.find('_+_') ?? [])].filter(({ id }) => id in growths),
  ...strings,
].map(counted);
