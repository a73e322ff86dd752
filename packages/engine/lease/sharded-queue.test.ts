import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemChance } from '../chance.ts';
import { type Clock, systemClock } from '../clock.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { ShardedQueue } from './sharded-queue.ts';

/** One server with all leases, whose own clock can be moved on as if it had stood still meanwhile. */
const setUp = async () => {
  const held = new Map<string, { name: string; holder: string; epoch: string; remainingMs: number }>();
  let stoodStillMs = 0;
  let renewals = 0;
  // Nothing is renewed by itself.
  const clock: Clock = { ...systemClock, elapsed: () => stoodStillMs, after: () => () => {} };
  const leases = new LeaseKeeper({
    clock,
    chance: systemChance,
    log: () => {},
    database: {
      renewLeases: async () => {
        renewals += 1;
        return [...held.values()];
      },
      takeLeases: async (names, holder, epoch) => {
        for (const name of names) held.set(name, { name, holder, epoch, remainingMs: 600 });
        return [...names];
      },
      releaseLeases: async () => {},
      tell: async () => {},
    },
  });
  const done: string[] = [];
  const errors: unknown[] = [];
  const queue = new ShardedQueue(
    async key => {
      done.push(key);
      return undefined;
    },
    {
      clock,
      chance: systemChance,
      leases,
      concurrency: 8,
      keys: () => [],
      onError: (_, error) => errors.push(error),
    },
  );
  await leases.tick();
  const stand = (ms: number) => {
    stoodStillMs += ms;
  };
  return { leases, queue, held, done, errors, stand, renewals: () => renewals };
};

const keys = ['shop/a', 'shop/b', 'shop/c'];
const settled = async (queue: ShardedQueue): Promise<void> => {
  while (!queue.settled) await new Promise(resolve => setImmediate(resolve));
};

test('work that comes when the renewal is late waits for it, and does not fail', async () => {
  const { queue, done, errors, stand, renewals } = await setUp();
  const before = renewals();
  stand(10_000);
  for (const key of keys) queue.add(key);
  await settled(queue);
  assert.deepEqual([done, errors], [keys, []]);
  assert.equal(renewals(), before + 1);
});

test('[ENG9] what somebody else has taken meanwhile is not worked on', async () => {
  const { queue, held, done, errors, stand } = await setUp();
  stand(10_000);
  for (const [name, lease] of held)
    held.set(name, { ...lease, holder: 'another', epoch: crypto.randomUUID() });
  for (const key of keys) queue.add(key);
  await settled(queue);
  assert.deepEqual([done, errors], [[], []]);
});
