import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { holds } from '@causeway/testkit';
import fc from 'fast-check';
import { clonePlain, deepFreeze, mergePatchBetween, samePlain, valueAt } from './plain.ts';

/** Names that JavaScript gives to what is not there. */
const name = fc.oneof(
  fc.constantFrom('constructor', 'toString', 'valueOf', 'hasOwnProperty', 'length', '0', '', 'a', 'b'),
  fc.string({ unit: 'binary', maxLength: 4 }).filter(text => text !== '__proto__'),
);
const scalar = fc.oneof(
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.string({ unit: 'binary' }),
);

const plainOf = (leaf: fc.Arbitrary<unknown>) =>
  fc.letrec(again => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(again('value'), { maxLength: 4 }),
      fc.dictionary(name, again('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).value;
const plain = plainOf(fc.oneof(scalar, fc.constant(null)));
const withoutNull = plainOf(scalar);

/** The same with its fields the other way round. */
const reversed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([field, inner]) => [field, reversed(inner)]),
  );
};

/** RFC 7386, section 2, word for word. */
const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result = new Map<string, unknown>(isObject ? Object.entries(target) : []);
  for (const [field, value] of Object.entries(patch))
    if (value === null) result.delete(field);
    else result.set(field, merged(result.get(field), value));
  return Object.fromEntries(result);
};

test('a copy is equal, shares nothing, and may be changed', async () => {
  await holds(
    fc.property(plain, value => {
      const text = JSON.stringify(value);
      const copy = clonePlain(deepFreeze(value));
      assert.deepEqual(copy, value);
      assert.equal(JSON.stringify(copy), text);
      if (typeof copy !== 'object' || copy === null) return;
      assert.notEqual(copy, value);
      Object.assign(copy, { added: true });
      assert.equal(JSON.stringify(value), text);
    }),
  );
});

test('a copy refuses __proto__ wherever it stands', async () => {
  await holds(
    fc.property(plain, fc.constantFrom('[1,?]', '{"a":?}', '?'), (value, around) => {
      const inner = `{"__proto__":${JSON.stringify(value)}}`;
      const hostile = JSON.parse(around.replace('?', () => inner));
      assert.throws(
        () => clonePlain(hostile),
        error => isPlatformError(error, 'Invalid'),
      );
      assert.deepEqual(Object.keys(Object.prototype), []);
    }),
  );
});

test('equality is that of the JSON, whatever the order of fields, and goes both ways', async () => {
  await holds(
    fc.property(plain, plain, (a, b) => {
      assert.ok(samePlain(a, a));
      assert.ok(samePlain(a, clonePlain(a)));
      assert.ok(samePlain(a, reversed(a)));
      assert.equal(samePlain(a, b), samePlain(b, a));
      assert.equal(samePlain(a, b), sortedJson(a) === sortedJson(b));
    }),
    1000,
  );
});

test('one value changed anywhere is a difference, and an undefined field is none', async () => {
  await holds(
    fc.property(
      fc.dictionary(name, plain, { noNullPrototype: true }),
      name,
      plain,
      (object, field, value) => {
        const changed = { ...object, [field]: value };
        assert.equal(
          samePlain(object, changed),
          Object.hasOwn(object, field) && samePlain(object[field], value),
        );
        if (!Object.hasOwn(object, field)) assert.ok(samePlain(object, { ...object, [field]: undefined }));
      },
    ),
  );
});

test('the patch between two values leads from one to the other (RFC 7386), and is empty between equals', async () => {
  await holds(
    fc.property(withoutNull, withoutNull, (before, after) => {
      const patch = mergePatchBetween(deepFreeze(before), deepFreeze(after));
      assert.deepEqual(merged(throughJson(before), throughJson(patch)), throughJson(after));
    }),
    1000,
  );
  await holds(
    fc.property(fc.dictionary(name, plain, { noNullPrototype: true }), object => {
      assert.deepEqual(mergePatchBetween(object, clonePlain(object)), {});
    }),
  );
});

test('a removed label is in the patch, whatever it is called', () => {
  const patch = mergePatchBetween({ labels: { constructor: 'x', a: 'b' } }, { labels: { a: 'b' } });
  assert.deepEqual(throughJson(patch), { labels: { constructor: null } });
});

test('a dotted path finds what the object itself holds and nothing that it inherits', async () => {
  const part = fc.constantFrom('constructor', 'a', 'b', 'length', 'toString', '__proto__');
  await holds(
    fc.property(plain, fc.array(part, { minLength: 1, maxLength: 4 }), (value, parts) => {
      const found = parts.reduce<unknown>(
        (at, one) =>
          typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, one)?.value : undefined,
        value,
      );
      assert.equal(valueAt(value, parts.join('.')), found);
    }),
  );
});

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
