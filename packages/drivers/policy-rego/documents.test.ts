import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate, subjectOf } from '../policy-testing/subject.ts';
import { loadRego } from './load-rego.ts';

const source = `package p
deny contains {"msg": "as it was read", "details": {"input": input, "old": object.get(data.request, "old", null)}}
`;
const policy = loadRego({ engine: 'rego', modules: [{ name: 'p.rego', source }] });

type Document = Record<string, unknown>;

/** A document as the engine has read it, from the inside. */
const asRead = (document: Document, old?: Document): unknown => {
  const { findings, error } = evaluate(policy, subjectOf(document, old ? { old } : {}));
  assert.equal(error, undefined);
  return findings[0]?.details;
};

/** Numbers that it holds exactly: others are rounded in their own ways. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0.5, -0.25, 1e-7, 12_345.678, 1e15),
);
const key = fc.oneof(
  fc.constantFrom(
    'name',
    'kind',
    'spec',
    'a"b',
    'back\\slash',
    'é',
    '\u2028',
    '',
    'x'.repeat(64),
    'y'.repeat(65),
  ),
  fc.string(),
);
const { document } = fc.letrec<{ value: unknown; document: Document }>(tie => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(fc.constantFrom(null, true, false), number, fc.string(), fc.string({ unit: 'grapheme' })),
    fc.array(tie('value'), { maxLength: 6 }),
    tie('document'),
  ),
  document: fc.dictionary(key, tie('value'), { maxKeys: 8, noNullPrototype: true }),
}));

test('documents are read as they are, whatever was read before', () => {
  fc.assert(
    fc.property(document, document, (one, other) => {
      for (const object of [one, other, one])
        assert.deepEqual(asRead(object, other), JSON.parse(JSON.stringify({ input: object, old: other })));
    }),
    { numRuns: 300 },
  );
});

test('a document of more keys than are kept, and one of the shape of another in another order', () => {
  const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key-${n}`, n]));
  const list = Array.from({ length: 2000 }, (_, n) => ({ [`only-${n}`]: n, b: { c: `${n}` }, a: n }));
  for (const object of [
    { wide },
    { list },
    { a: 1, b: 2 },
    { b: 1, a: 2 },
    { a: { b: 2, a: 1 } },
    { wide, list },
  ])
    assert.deepEqual(asRead(object), { input: object, old: null });
});

test('what is wrong with a document is an error of its evaluation', () => {
  const { error } = evaluate(policy, subjectOf({ text: 'half of a pair: \ud800' }));
  assert.match(error?.message ?? '', /hex escape/);
  let deep: Document = {};
  for (let level = 0; level < 127; level += 1) deep = { deep };
  assert.match(evaluate(policy, subjectOf(deep)).error?.message ?? '', /nested more than 127 levels deep/);
  assert.deepEqual(asRead(deep.deep as Document), { input: deep.deep, old: null });
});
