import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind, isPlatformError, type KindObject } from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { z } from 'zod';
import { escapeFieldValue, parseFieldSelector } from './field-selector.ts';
import { type LabelRequirement, parseLabelSelector } from './label-selector.ts';
import { parseSelectors } from './selectors.ts';

const kind = defineKind({
  kind: 'Thing',
  plural: 'things',
  description: 'A thing.',
  spec: z.object({}),
  status: z.object({}),
  selectableFields: ['status.phase'],
});

const object = (labels: Record<string, string> | undefined, name = 'one', phase?: string): KindObject => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Thing',
  metadata: {
    name,
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '',
    ...(labels ? { labels } : {}),
  },
  spec: {},
  ...(phase === undefined ? {} : { status: { phase } }),
});

// Few keys and values, so that requirements and labels meet.
const key = fc.constantFrom('app', 'env', 'in', 'notin', 'constructor', 'causeway.dev/tier', 'A_b.c-1');
const value = fc.constantFrom('', 'a', 'b', 'in', 'notin', '0', '10', '9', 'x_y.z-1');
const labels = fc.dictionary(key, value, { noNullPrototype: true });

const plain = <T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>;

const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
  plain({
    key,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
  }),
  plain({
    key,
    operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const),
    values: fc.constant([]),
  }),
  plain({
    key,
    operator: fc.constantFrom('GreaterThan' as const, 'LessThan' as const),
    values: fc.tuple(fc.constantFrom('0', '10', '9')),
  }),
);

/** One of the ways to write a requirement, with spaces where they may stand. */
const written = (one: LabelRequirement, way: number): string => {
  const space = ' '.repeat(way % 3);
  const [first = ''] = one.values;
  switch (one.operator) {
    case 'Exists':
      return `${space}${one.key}${space}`;
    case 'DoesNotExist':
      return `!${space}${one.key}`;
    case 'GreaterThan':
      return `${one.key}${space}>${space}${first}`;
    case 'LessThan':
      return `${one.key}<${space}${first}`;
    default: {
      const set = one.operator === 'In' ? 'in' : 'notin';
      const sign = one.operator === 'In' ? ['=', '=='][way % 2] : '!=';
      return one.values.length === 1 && (first === '' || way % 5 > 1)
        ? `${one.key}${space}${sign}${space}${first}`
        : `${one.key} ${set}${space}(${one.values.join(`${space},`)}${space})`;
    }
  }
};

/** What a requirement means, said plainly. */
const wants = (one: LabelRequirement, given: Record<string, string>): boolean => {
  const label = new Map(Object.entries(given)).get(one.key);
  if (one.operator === 'Exists') return label !== undefined;
  if (one.operator === 'DoesNotExist') return label === undefined;
  if (one.operator === 'In') return one.values.some(each => each === label);
  if (one.operator === 'NotIn') return one.values.every(each => each !== label);
  if (label === undefined || !/^\d+$/.test(label)) return false;
  return one.operator === 'GreaterThan'
    ? Number(label) > Number(one.values[0])
    : Number(label) < Number(one.values[0]);
};

const refused = (parse: () => unknown): boolean => {
  try {
    parse();
    return false;
  } catch (error) {
    assert.ok(isPlatformError(error, 'BadRequest'), String(error));
    return true;
  }
};

test('a label selector that is written and read is the same, in every way of writing it [SEL1]', async () => {
  await holds(
    fc.property(
      fc.array(requirement, { maxLength: 4 }),
      fc.array(fc.nat(30), { minLength: 4 }),
      (all, ways) => {
        const text = all.map((one, index) => written(one, ways[index] ?? 0)).join(',');
        assert.deepEqual(parseLabelSelector(text), all, text);
      },
    ),
    1000,
  );
});

test('a label selector selects what a plain reading of it says [SEL1]', async () => {
  await holds(
    fc.property(fc.array(requirement, { maxLength: 3 }), labels, (all, given) => {
      const labelSelector = all.map(one => written(one, 3)).join(',');
      const { matches = () => true } = parseSelectors(kind, { labelSelector });
      assert.equal(
        matches(object(given)),
        all.every(one => wants(one, given)),
        labelSelector,
      );
    }),
    1000,
  );
});

test('what is left over, cut off or out of place is refused, never passed over [SEL1]', async () => {
  for (const text of [
    '(',
    ')',
    ',',
    '=',
    '!',
    'a=b,',
    ',a=b',
    'a=b,,c=d',
    'a=b(',
    'a=b,(',
    'a in',
    'a in (',
    'a in b',
    'a in (b',
    'a in (b))',
    'a in ((b)',
    'a b',
    'a=b c',
    'a===b',
    '!a=b',
    '!!a',
    'a>x',
    'a<',
    'a/b/c',
    '-a',
    'a=-b',
    'a=b=c',
    'a=b;c=d',
    'a=ü',
    'ü=a',
    'a in (b c)',
    'a=(b)',
    `a=${'b'.repeat(64)}`,
    'a\0',
    '__proto__',
  ])
    assert.ok(
      refused(() => parseLabelSelector(text)),
      text,
    );
  for (const text of ['', ' ', '\t\n']) assert.deepEqual(parseLabelSelector(text), []);
  assert.deepEqual(parseLabelSelector('a in ()'), [{ key: 'a', operator: 'In', values: [''] }]);
  const piece = fc.constantFrom(
    'a',
    'b',
    ' ',
    ',',
    '(',
    ')',
    '=',
    '!',
    '==',
    '!=',
    '<',
    '>',
    ' in ',
    ' notin ',
    '1',
    '\0',
  );
  await holds(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('');
      const begin = process.cpuUsage();
      const isRefused = refused(() => parseLabelSelector(text));
      // Whatever is understood has used every word of the text.
      if (!isRefused) {
        const words = (text.match(/[^ ,()=!<>]+/g) ?? []).filter(word => word !== 'in' && word !== 'notin');
        const used = parseLabelSelector(text).flatMap(one => [one.key, ...one.values]);
        for (const word of words) assert.ok(used.includes(word), `${word} of ${text}`);
      }
      assert.ok(process.cpuUsage(begin).user < 1_000_000);
    }),
    2000,
  );
});

test('a field selector that is written and read is the same, whatever the value holds [SEL2]', async () => {
  const path = fc.constantFrom('metadata.name', 'metadata.namespace', 'status.phase');
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\\', ',', '=', '!', 'a', ' ') }),
  );
  const one = plain({ path, operator: fc.constantFrom('=' as const, '!=' as const), value: text });
  await holds(
    fc.property(fc.array(one, { maxLength: 4 }), all => {
      const selector = all
        .map(each => `${each.path}${each.operator}${escapeFieldValue(each.value)}`)
        .join(',');
      assert.deepEqual(parseFieldSelector(kind, selector), all, selector);
    }),
    1000,
  );
  await holds(
    fc.property(text, text, (phase, value) => {
      const { matches } = parseSelectors(kind, { fieldSelector: `status.phase=${escapeFieldValue(value)}` });
      assert.equal(matches?.(object({}, 'one', phase)), phase === value);
    }),
  );
});

test('a field selector of other fields or without its escapes is refused [SEL2]', () => {
  for (const text of [
    'metadata.name',
    'spec.secret=x',
    'metadata.name=a=b',
    'metadata.name=a\\',
    'metadata.name=a\\b',
    '=x',
    '!=x',
    'metadata.name>x',
    'metadata.uid=x',
    '__proto__=x',
    ' metadata.name=x',
  ])
    assert.ok(
      refused(() => parseFieldSelector(kind, text)),
      text,
    );
  assert.deepEqual(parseFieldSelector(kind, ''), []);
});
