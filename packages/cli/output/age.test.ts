import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf } from './age.ts';

test('ages read as in kubectl', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  const ago = (seconds: number): string => ageOf(new Date(now - seconds * 1000).toISOString(), now);
  assert.deepEqual([0, 119, 120, 312, 600, 10_740, 10_800, 11_040, 100_000, 172_800, 864_000].map(ago), [
    '0s',
    '119s',
    '2m',
    '5m12s',
    '10m',
    '179m',
    '3h',
    '3h4m',
    '27h',
    '2d',
    '10d',
  ]);
  assert.equal(ageOf(undefined, now), '-');
  assert.equal(ageOf('yesterday', now), '-');
  assert.equal(ageOf('2027-01-01T00:00:00Z', now), '0s');
});
