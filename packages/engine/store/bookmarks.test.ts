import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../clock.ts';
import { whenBookmarkIsDue } from './bookmarks.ts';
import type { WatchOptions } from './store.ts';

/** The seconds at which bookmarks are due to somebody who watches for so long. */
const dueWithin = (seconds: number, options: Omit<WatchOptions, 'signal'>): number[] => {
  let elapsed = 5_000;
  const began = elapsed;
  const timers: { at: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    elapsed: () => elapsed,
    after(ms, callback) {
      const timer = { at: elapsed + ms, callback };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  };
  const due: number[] = [];
  const end = whenBookmarkIsDue(clock, { ...options, signal: AbortSignal.abort() }, () => {
    due.push((elapsed - began) / 1000);
  });
  for (let timer = timers.shift(); timer && timer.at <= began + seconds * 1000; timer = timers.shift()) {
    elapsed = timer.at;
    timer.callback();
  }
  end();
  return due;
};

test('bookmarks are due every half minute, and once shortly before the end', () => {
  assert.deepEqual(dueWithin(100, { bookmarks: true }), [30, 60, 90]);
  assert.deepEqual(dueWithin(100, { bookmarks: true, endsAfterMs: 75_000 }), [30, 60, 73]);
  assert.deepEqual(dueWithin(100, { bookmarks: true, endsAfterMs: 32_000 }), [30]);
  assert.deepEqual(dueWithin(100, { bookmarks: true, endsAfterMs: 1_000 }), []);
  assert.deepEqual(dueWithin(100, { endsAfterMs: 75_000 }), []);
});
