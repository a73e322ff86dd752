import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as later } from 'node:timers/promises';
import { KeyedTurns } from './keyed-turns.ts';

test('one turn at a time a key; asked for meanwhile, once more', async () => {
  let running = 0;
  let most = 0;
  const done: string[] = [];
  const turns = new KeyedTurns(
    async key => {
      most = Math.max(most, ++running);
      await later();
      running--;
      done.push(key);
    },
    new AbortController().signal,
    assert.fail,
  );
  for (let count = 0; count < 5; count++) turns.add('a');
  await later();
  for (let count = 0; count < 5; count++) turns.add('a');
  await turns.idle();
  assert.equal(most, 1);
  assert.ok(done.length >= 1 && done.length <= 3);
});

test('what fails is tried again', async () => {
  let failures = 0;
  const turns = new KeyedTurns(
    async () => {
      if (failures < 1) throw new Error('not yet');
    },
    new AbortController().signal,
    () => failures++,
  );
  turns.add('a');
  await turns.idle();
  assert.equal(failures, 1);
});

test('an abort ends the waiting for another try', async () => {
  const ending = new AbortController();
  const turns = new KeyedTurns(
    () => Promise.reject(new Error('never')),
    ending.signal,
    () => ending.abort(),
  );
  turns.add('a');
  const over = turns.idle().then(() => 'over');
  // By turns of the event loop: a clock would tell how busy the machine is.
  const turnsLater = async () => {
    for (let turn = 0; turn < 10; turn++) await later();
    return 'waiting';
  };
  assert.equal(await Promise.race([over, turnsLater()]), 'over');
});
