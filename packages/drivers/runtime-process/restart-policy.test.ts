import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRestartPolicy as policy, restartDelayMs } from './restart-policy.ts';

test('the delay doubles up to the longest', () => {
  const middle = () => 0.5;
  assert.deepEqual(
    [1, 2, 3, 4].map(ends => restartDelayMs(policy, ends, middle)),
    [200, 400, 800, 1600],
  );
  assert.equal(restartDelayMs(policy, 1000, middle), 60_000);
});

test('the delay varies by a quarter', () => {
  assert.equal(
    restartDelayMs(policy, 1, () => 0),
    150,
  );
  assert.equal(
    restartDelayMs(policy, 1, () => 1),
    250,
  );
});
