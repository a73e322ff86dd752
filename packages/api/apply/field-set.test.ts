import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldSet } from '@causeway/model';
import { difference, differenceBelow, includes, intersection, isEmpty, pathsIn, union } from './field-set.ts';

const pathSet = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), {});

/** A set from paths written as `a/b`. */
const set = (...paths: string[]): FieldSet => paths.map(path => pathSet(path.split('/'))).reduce(union, {});
const paths = (of: FieldSet): string[] => pathsIn(of).map(path => path.join('/'));

test('a set is a tree in FieldsV1: members below members keep their parent as one', () => {
  assert.deepEqual(set('a', 'a/b', 'c/d'), { a: { '.': {}, b: {} }, c: { d: {} } });
  assert.deepEqual(paths({ a: { '.': {}, b: {} }, c: { d: {} } }), ['a', 'a/b', 'c/d']);
  assert.ok(isEmpty({}));
});

/** Of each: two sets, and what union, intersection, difference and difference below must be. Derived by hand. */
const cases: [string, string[], string[], string[], string[], string[], string[]][] = [
  ['disjoint', ['a'], ['b'], ['a', 'b'], [], ['a'], ['a']],
  ['equal', ['a', 'b/c'], ['a', 'b/c'], ['a', 'b/c'], ['a', 'b/c'], [], []],
  ['overlapping', ['a', 'b'], ['b', 'c'], ['a', 'b', 'c'], ['b'], ['a'], ['a']],
  ['parent and child: each on its own', ['a'], ['a/b'], ['a', 'a/b'], [], ['a'], ['a']],
  ['child and parent', ['a/b'], ['a'], ['a', 'a/b'], [], ['a/b'], []],
  ['parent with child, less the parent', ['a', 'a/b'], ['a'], ['a', 'a/b'], ['a'], ['a/b'], []],
  ['parent with child, less the child', ['a', 'a/b'], ['a/b'], ['a', 'a/b'], ['a/b'], ['a'], ['a']],
  ['deep', ['a/b/c', 'a/b/d'], ['a/b/d', 'a/e'], ['a/b/c', 'a/b/d', 'a/e'], ['a/b/d'], ['a/b/c'], ['a/b/c']],
  ['with nothing', ['a/b'], [], ['a/b'], [], ['a/b'], ['a/b']],
  ['nothing with some', [], ['a/b'], ['a/b'], [], [], []],
];

for (const [name, a, b, both, common, left, leftBelow] of cases)
  test(`sets: ${name}`, () => {
    const [x, y] = [set(...a), set(...b)];
    const sorted = (of: FieldSet) => paths(of).sort();
    assert.deepEqual(sorted(union(x, y)), both);
    assert.deepEqual(sorted(union(y, x)), both);
    assert.deepEqual(sorted(intersection(x, y)), common);
    assert.deepEqual(sorted(intersection(y, x)), common);
    assert.deepEqual(sorted(difference(x, y)), left);
    assert.deepEqual(sorted(differenceBelow(x, y)), leftBelow);
  });

test('sets: the laws that hold for all of them', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const someSet = (): FieldSet =>
    set(
      ...Array.from({ length: random(6) }, () =>
        Array.from({ length: 1 + random(3) }, () => 'abc'[random(3)]).join('/'),
      ),
    );
  for (let round = 0; round < 2_000; round++) {
    const [a, b, c] = [someSet(), someSet(), someSet()];
    const has = (of: FieldSet) => new Set(paths(of));
    const [inA, inB] = [has(a), has(b)];
    assert.deepEqual(has(union(a, b)), inA.union(inB));
    assert.deepEqual(has(intersection(a, b)), inA.intersection(inB));
    assert.deepEqual(has(difference(a, b)), inA.difference(inB));
    assert.equal(includes(a, b), inB.isSubsetOf(inA));
    assert.deepEqual(has(union(union(a, b), c)), has(union(a, union(b, c))));
    assert.deepEqual(has(union(difference(a, b), intersection(a, b))), inA);
  }
});
