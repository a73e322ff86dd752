import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './until.ts';

test('what is found is returned, at once or after some looks', async () => {
  assert.equal(await until('a number', () => 0), 0);
  let looks = 0;
  assert.equal(await until('the third look', async () => ++looks === 3 && 'here', { everyMs: 1 }), 'here');
  assert.equal(looks, 3);
});

test('what does not come is named, with how things stand', async () => {
  const waiting = until('the flood', () => false, { everyMs: 1, patienceMs: 5, seen: () => ['drought'] });
  await assert.rejects(
    waiting,
    /^Error: waited 0\.005 s in vain for: the flood; as it is now: \["drought"\]$/,
  );
});

test('a look that fails ends the waiting', async () => {
  await assert.rejects(
    until('a door', () => Promise.reject(new Error('it burns'))),
    /it burns/,
  );
});
