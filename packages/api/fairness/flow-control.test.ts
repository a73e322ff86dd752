import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { FlowControl, type Rank, type Release } from './flow-control.ts';

const options = { seats: 4, seatsPerFlow: 3, resyncSeats: 1, longestQueue: 50 };

/** A control whose seats are given back by hand, the longest held first. */
const byHand = () => {
  const control = new FlowControl(options);
  const served: string[] = [];
  const releases: Release[] = [];
  const ask = async (user: string, rank: Rank = 'asked') => {
    releases.push(await control.admit(user, rank));
    served.push(user);
  };
  const settle = () => new Promise(resolve => setImmediate(resolve));
  return {
    control,
    served,
    ask,
    settle,
    async free() {
      releases.shift()?.();
      await settle();
    },
  };
};

test('[ENG10] a seat is taken at once while there is one, and given back once', async () => {
  const { control } = byHand();
  const release = control.admit('ada', 'asked');
  assert.ok(typeof release === 'function');
  assert.equal(control.held, 1);
  release();
  release();
  assert.equal(control.held, 0);
});

test('[ENG10] one client does not starve the others', async () => {
  const { ask, served, settle, free } = byHand();
  for (let index = 0; index < 40; index++) void ask('greedy');
  await settle();
  assert.equal(served.length, 3, 'one seat is left for others');
  void ask('ada');
  await settle();
  assert.deepEqual(served.at(-1), 'ada');
  for (let index = 0; index < 5; index++) {
    void ask('ada');
    void ask('bob');
  }
  for (let index = 0; index < 15; index++) await free();
  const turns = served.slice(4);
  assert.ok(turns.filter(user => user === 'ada').length === 5, String(turns));
  assert.ok(turns.filter(user => user === 'bob').length === 5, String(turns));
});

test('[ENG10] who waits for an answer is served before who reads everything again', async () => {
  const { ask, served, settle, free } = byHand();
  for (const user of ['a', 'b', 'c']) void ask(`${user}-resync`, 'resync');
  await settle();
  assert.deepEqual(served, ['a-resync'], 'one resync at a time');
  for (const user of ['d', 'e', 'f', 'g']) void ask(user);
  await settle();
  assert.deepEqual(served, ['a-resync', 'd', 'e', 'f']);
  await free();
  assert.equal(served.at(-1), 'g');
  await free();
  assert.equal(served.at(-1), 'b-resync');
});

test('[ENG10] too many waiting requests are refused, with when to try again', async () => {
  const { control, ask } = byHand();
  for (let index = 0; index < 3 + 50; index++) void ask('greedy');
  assert.throws(
    () => control.admit('greedy', 'asked'),
    error => isPlatformError(error, 'TooManyRequests') && error.retryAfterSeconds === 1,
  );
  assert.ok(typeof control.admit('ada', 'asked') === 'function');
});
