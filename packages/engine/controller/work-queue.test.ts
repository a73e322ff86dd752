import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemChance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { WorkQueue } from './work-queue.ts';

const settle = () => new Promise(resolve => setImmediate(resolve));

/** A queue that works on one key at a time, and only when told. */
const steppedQueue = () => {
  const begun: string[] = [];
  let finish = () => {};
  const queue = new WorkQueue(
    key =>
      new Promise(resolve => {
        begun.push(key);
        finish = () => resolve(undefined);
      }),
    {
      clock: systemClock,
      chance: systemChance,
      concurrency: 1,
      onError: (_key, error) => assert.fail(String(error)),
    },
  );
  return {
    queue,
    begun,
    async step() {
      finish();
      await settle();
    },
  };
};

test('[ENG10] what happened goes before what is only looked at again, which still gets its turn', async () => {
  const { queue, begun, step } = steppedQueue();
  for (let index = 0; index < 100; index++) queue.addSpare(`spare-${index}`);
  for (let index = 0; index < 20; index++) queue.add(`fresh-${index}`);
  for (let steps = 0; steps < 24; steps++) await step();
  const lastFresh = begun.indexOf('fresh-19');
  assert.ok(lastFresh > 0 && lastFresh <= 24, `${begun}`);
  assert.equal(begun.filter(key => key.startsWith('spare')).length, begun.length - 20);
  assert.ok(begun.slice(0, lastFresh).filter(key => key.startsWith('spare')).length >= 2);
});

test('a key that is asked for while it runs runs again, once', async () => {
  const { queue, begun, step } = steppedQueue();
  queue.add('a');
  queue.add('a');
  queue.addSpare('a');
  queue.add('a');
  await step();
  await step();
  await step();
  assert.deepEqual(begun, ['a', 'a']);
  assert.ok(queue.settled);
});

test('a spare key for which something happens moves to the front', async () => {
  const { queue, begun, step } = steppedQueue();
  for (const key of ['busy', 'one', 'two', 'three']) queue.addSpare(key);
  queue.add('three');
  for (let steps = 0; steps < 4; steps++) await step();
  assert.deepEqual(begun, ['busy', 'three', 'one', 'two']);
});
