import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAt, nextPoint } from './weighted-choice.ts';

const candidates = (...weights: number[]) =>
  weights.map((weight, index) => ({ weight, name: 'abcdef'[index] }));

test('each candidate takes a stretch as long as its share', () => {
  const list = candidates(1, 0, 3);
  const at = (point: number) => chooseAt(list, point)?.name;
  assert.deepEqual([0, 0.2499, 0.25, 0.5, 0.9999].map(at), ['a', 'a', 'c', 'c', 'c']);
});

test('nothing is chosen from nothing, from weights of 0, or when all are excluded', () => {
  assert.equal(chooseAt([], 0.5), undefined);
  assert.equal(chooseAt(candidates(0), 0), undefined);
  assert.equal(chooseAt(candidates(0, 0), 0.5), undefined);
  const list = candidates(1, 2);
  assert.equal(chooseAt(list, 0.5, list), undefined);
});

test('an excluded candidate leaves its share to the others', () => {
  const list = candidates(1, 1, 2);
  const chosen = new Set([0, 0.3, 0.6, 0.99].map(point => chooseAt(list, point, [list[2]!])?.name));
  assert.deepEqual([...chosen], ['a', 'b']);
});

test('every window of 100 requests gives a 5 % canary 5 ± 1', () => {
  const list = candidates(95, 5);
  let point = 0;
  const canary: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    point = nextPoint(point);
    canary.push(chooseAt(list, point)?.name === 'b' ? 1 : 0);
  }
  let window = canary.slice(0, 100).reduce((a, b) => a + b, 0);
  for (let i = 100; i < canary.length; i++) {
    assert.ok(window >= 4 && window <= 6, `window ending at ${i}: ${window}`);
    window += canary[i]! - canary[i - 100]!;
  }
  const total = canary.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(total - 500) <= 2, String(total));
});
