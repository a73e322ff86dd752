import {
  isRegistered,
  type JSONValue,
  register,
  TYPE_ANY,
  TYPE_NUMBER,
  TYPE_OBJECT,
  TYPE_STRING,
} from '@jmespath-community/jmespath';
import { RE2JS } from 're2js';
import { parse as parseYaml } from 'yaml';
import { oneOfQuantity, parseQuantity } from '../policy-documents/quantity.ts';
import { hold } from './metered.ts';
import { matchesText } from './scalar-pattern.ts';
import { compareVersions } from './semantic-version.ts';
import { matchesWildcard } from './wildcard.ts';

const string = { types: [TYPE_STRING] };
const number = { types: [TYPE_NUMBER] };
const any = { types: [TYPE_ANY] };
const object = { types: [TYPE_OBJECT] };
const scalar = { types: [TYPE_STRING, TYPE_NUMBER] };

const text = (value: unknown): string => String(value);

/** Numbers and quantities alike; the result is a number when both are. */
const arithmetic =
  (name: string, of: (one: number, two: number) => number) =>
  ([one, two]: readonly unknown[]): JSONValue => {
    const read = (value: unknown): number => {
      if (typeof value === 'number') return value;
      const quantity = parseQuantity(text(value));
      if (quantity === undefined)
        throw new Error(`${name}(): “${text(value).slice(0, 50)}” is no number or quantity`);
      return Number(quantity) / Number(oneOfQuantity);
    };
    const result = of(read(one), read(two));
    if (!Number.isFinite(result)) throw new Error(`${name}(): the result is no number`);
    return typeof one === 'number' && typeof two === 'number' ? result : String(result);
  };

const replace = (subject: string, old: string, by: string, times: number): string => {
  if (old === '') return subject;
  const parts = subject.split(old);
  const limit = times < 0 ? parts.length : times;
  return parts.reduce((made, part, index) => made + (index <= limit ? by : old) + part);
};

/** Replaces every match; each `$` of the replacement may bring in all that was matched. */
const replaceMatches = (pattern: string, subject: string, by: string): string => {
  const expression = RE2JS.compile(pattern);
  let matches = 0;
  for (const matcher = expression.matcher(subject); matcher.find(); ) matches += 1;
  hold(subject.length * by.split('$').length + matches * by.length);
  return expression.matcher(subject).replaceAll(by);
};

/** Go’s `$1` and `${1}` in what replaces a match. */
const regexReplace = (pattern: string, subject: string, by: string): string =>
  replaceMatches(pattern, subject, by.replace(/\$\{(\w+)\}/g, '$$$1'));

const semverCompare = (version: string, wanted: string): boolean =>
  wanted.split('||').some(choice =>
    choice
      .trim()
      .split(/\s+/)
      .every(condition => {
        const [, operator = '', given = ''] = /^(>=|<=|!=|>|<|==|=)?(.*)$/.exec(condition) ?? [];
        const by = compareVersions(version, given);
        if (by === undefined) throw new Error(`semver_compare(): “${condition.slice(0, 50)}” is no version`);
        if (operator === '>=') return by >= 0;
        if (operator === '<=') return by <= 0;
        if (operator === '>') return by > 0;
        if (operator === '<') return by < 0;
        return operator === '!=' ? by !== 0 : by === 0;
      }),
  );

const labelMatch = (wanted: unknown, labels: unknown): boolean =>
  Object.entries(wanted as Record<string, unknown>).every(
    ([key, value]) => (labels as Record<string, unknown>)[key] === value,
  );

/** Kyverno’s own functions, as https://kyverno.io/docs/writing-policies/jmespath/ describes them. */
export const registerKyvernoFunctions = (): void => {
  const add = (
    name: string,
    signature: Parameters<typeof register>[2],
    of: (args: readonly unknown[]) => JSONValue,
  ): void => {
    if (!isRegistered(name)) register(name, args => of(args), signature);
  };
  add('to_upper', [string], ([one]) => text(one).toUpperCase());
  add('to_lower', [string], ([one]) => text(one).toLowerCase());
  add('trim_prefix', [string, string], ([one, two]) =>
    text(one).startsWith(text(two)) ? text(one).slice(text(two).length) : text(one),
  );
  add('equal_fold', [string, string], ([one, two]) => text(one).toLowerCase() === text(two).toLowerCase());
  add('replace_all', [string, string, string], ([one, old, by]) =>
    replace(text(one), text(old), text(by), -1),
  );
  add('truncate', [string, number], ([one, length]) => text(one).slice(0, Math.max(0, Number(length))));
  add('regex_match', [string, scalar], ([pattern, one]) =>
    RE2JS.compile(text(pattern)).matcher(text(one)).find(),
  );
  add('regex_replace_all', [string, scalar, scalar], ([pattern, one, by]) =>
    regexReplace(text(pattern), text(one), text(by)),
  );
  add('regex_replace_all_literal', [string, scalar, scalar], ([pattern, one, by]) =>
    replaceMatches(text(pattern), text(one), text(by).replaceAll('$', '\\$')),
  );
  add(
    'pattern_match',
    [string, scalar],
    ([pattern, one]) => matchesWildcard(text(pattern), text(one)) || matchesText(one, text(pattern)),
  );
  add('label_match', [object, object], ([wanted, labels]) => labelMatch(wanted, labels));
  add(
    'add',
    [any, any],
    arithmetic('add', (one, two) => one + two),
  );
  add(
    'subtract',
    [any, any],
    arithmetic('subtract', (one, two) => one - two),
  );
  add(
    'multiply',
    [any, any],
    arithmetic('multiply', (one, two) => one * two),
  );
  add(
    'divide',
    [any, any],
    arithmetic('divide', (one, two) => one / two),
  );
  add(
    'modulo',
    [any, any],
    arithmetic('modulo', (one, two) => one % two),
  );
  add('round', [number, number], ([one, digits]) =>
    Number(Number(one).toFixed(Math.min(100, Math.max(0, Number(digits))))),
  );
  add('base64_decode', [string], ([one]) => Buffer.from(text(one), 'base64').toString('utf8'));
  add('base64_encode', [string], ([one]) => Buffer.from(text(one), 'utf8').toString('base64'));
  add('parse_json', [string], ([one]) => JSON.parse(text(one)));
  add('parse_yaml', [string], ([one]) => parseYaml(text(one), { maxAliasCount: 100 }));
  add('to_boolean', [string], ([one]) => {
    if (/^true$/i.test(text(one))) return true;
    if (/^false$/i.test(text(one))) return false;
    throw new Error('to_boolean(): this is neither true nor false');
  });
  add('semver_compare', [string, string], ([one, two]) => semverCompare(text(one), text(two)));
};
