import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endOf, lifetimeAt } from './lifetime.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-01T12:00:00Z');
const startsAt = new Date(start).toISOString();
const names = (spec: { lifetime: string; extension?: string }, at: number) =>
  lifetimeAt({ startsAt, ...spec }, at)?.due.map(({ name }) => name);

test('[ENV4] the end is the beginning, the lifetime and what was added', () => {
  assert.equal(endOf({ startsAt, lifetime: '90m' }), start + 1.5 * hour);
  assert.equal(endOf({ startsAt, lifetime: '2w', extension: '12h' }), start + 348 * hour);
  assert.equal(endOf({ startsAt }), undefined);
  assert.equal(endOf({ lifetime: '1d' }), undefined);
});

test('[ENV10] people are told a day and an hour before, where the lifetime is long enough for that', () => {
  const end = start + 240 * hour;
  assert.deepEqual(names({ lifetime: '10d' }, end - 24 * hour - 1), []);
  assert.deepEqual(names({ lifetime: '10d' }, end - 24 * hour), ['a day']);
  assert.deepEqual(names({ lifetime: '10d' }, end - hour), ['a day', 'an hour']);
  assert.deepEqual(names({ lifetime: '1d' }, start + 23 * hour), ['an hour']);
  assert.deepEqual(names({ lifetime: '90m' }, start + 1.4 * hour), []);
  assert.deepEqual(names({ lifetime: '10d', extension: '1d' }, end - hour), []);
});

test('[ENV4] it is over exactly from its end on, and is looked at again before anything is due', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 * 24 * 3600 }),
      fc.integer({ min: 0, max: 100 * 24 * 3600 }),
      fc.integer({ min: -1000, max: 500 * 24 * 3600 * 1000 }),
      (seconds, added, after) => {
        const dates = { startsAt, lifetime: `${seconds}s`, extension: `${added}s` };
        const now = start + after;
        const life = lifetimeAt(dates, now);
        assert.ok(life);
        assert.equal(life.over, now >= start + (seconds + added) * 1000);
        if (life.over) return assert.equal(life.nextMs, undefined);
        assert.ok(life.nextMs !== undefined && life.nextMs > 0 && now + life.nextMs <= life.endsAt);
        const sooner = lifetimeAt(dates, now + life.nextMs - 1);
        assert.deepEqual(sooner?.due, life.due);
        const then = lifetimeAt(dates, now + life.nextMs);
        assert.ok(then?.over || (then?.due.length ?? 0) > life.due.length);
      },
    ),
  );
});
