import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf, SortedKeys } from './sorted-keys.ts';

/** A repeatable stream of whole numbers. */
const numbers = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
};

test('keys stay in order whatever comes and goes, few or many between two looks', () => {
  const seed = Date.now() % 1_000_000;
  const next = numbers(seed);
  const map = new Map<string, number>();
  const sorted = new SortedKeys(map);
  for (let look = 0; look < 200; look += 1) {
    const changes = next(10) === 0 ? next(2000) : next(5);
    for (let change = 0; change < changes; change += 1) {
      const key = `${['a', 'a-b', 'b'][next(3)]}/${next(500)}`;
      if (next(3) === 0) map.delete(key);
      else map.set(key, change);
      sorted.touch(key);
    }
    assert.deepEqual(sorted.all(), [...map.keys()].sort(), `seed ${seed}, look ${look}`);
  }
});

test('a place is where a key is or would be', () => {
  const keys = ['b', 'd', 'f'];
  assert.deepEqual(
    ['a', 'b', 'c', 'f', 'g'].map(key => placeOf(keys, key)),
    [0, 0, 1, 2, 3],
  );
});
