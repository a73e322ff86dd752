import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartDelay } from './restart-delay.ts';

test('the first end costs nothing, each further one within a minute twice the pause, up to 10 s', () => {
  const ends: number[] = [];
  const delays = Array.from({ length: 9 }, (_, second) => {
    ends.push(second * 1000);
    return restartDelay(ends, second * 1000);
  });
  assert.deepEqual(delays, [0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  assert.equal(restartDelay([...ends, 120_000], 120_000), 0);
});
