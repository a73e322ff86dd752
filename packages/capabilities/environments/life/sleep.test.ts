import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, EnvironmentKind, type SleepSchedule } from '@causeway/model';
import fc from 'fast-check';
import { sleepAt } from './sleep.ts';
import { scheduleAt } from './sleep-schedule.ts';

const minute = 60_000;
const berlin = (more: Partial<SleepSchedule> = {}): SleepSchedule => ({
  sleepAt: '20:00',
  wakeAt: '07:00',
  timeZone: 'Europe/Berlin',
  ...more,
});
const at = (time: string): number => Date.parse(time);
const asleepAt = (schedule: SleepSchedule, time: string): boolean =>
  scheduleAt(schedule, at(time)).last.asleep;

const environment = (
  spec: Partial<Environment['spec']>,
  sleep?: NonNullable<Environment['status']>['sleep'],
): Environment => ({
  apiVersion: 'causeway.dev/v1',
  kind: EnvironmentKind.kind,
  metadata: {
    name: 'demo',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { type: 'requested', deploys: 'push', ...spec },
  status: sleep ? { sleep } : {},
});
const quiet = { waitingSince: undefined, lastRequestAt: undefined };

test('[ENV14] times are those of the zone’s clock, in summer and in winter', () => {
  assert.equal(asleepAt(berlin(), '2026-01-15T18:59:59Z'), false);
  assert.equal(asleepAt(berlin(), '2026-01-15T19:00:00Z'), true);
  assert.equal(asleepAt(berlin(), '2026-07-15T17:59:59Z'), false);
  assert.equal(asleepAt(berlin(), '2026-07-15T18:00:00Z'), true);
  assert.equal(asleepAt(berlin(), '2026-07-16T04:59:59Z'), true);
  assert.equal(asleepAt(berlin(), '2026-07-16T05:00:00Z'), false);
  const { next } = scheduleAt(berlin(), at('2026-03-28T12:00:00Z'));
  assert.deepEqual(next, { at: at('2026-03-28T19:00:00Z'), asleep: true });
});

test('[ENV14] an hour that does not exist, and one that is there twice, change something once', () => {
  const night = berlin({ sleepAt: '02:30', wakeAt: '12:00' });
  assert.equal(asleepAt(night, '2026-03-28T23:59:59Z'), false);
  assert.equal(asleepAt(night, '2026-03-29T02:00:00Z'), true);
  assert.equal(asleepAt(night, '2026-10-25T02:00:00Z'), true);
});

test('[ENV14] on days that are not named it does not wake', () => {
  const week = berlin({ days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] });
  assert.equal(asleepAt(week, '2026-11-20T12:00:00Z'), false, 'Friday');
  assert.equal(asleepAt(week, '2026-11-21T12:00:00Z'), true, 'Saturday');
  const { last, next } = scheduleAt(week, at('2026-11-22T12:00:00Z'));
  assert.deepEqual(last, { at: at('2026-11-20T19:00:00Z'), asleep: true });
  assert.deepEqual(next, { at: at('2026-11-23T06:00:00Z'), asleep: false });
});

test('[ENV14] nothing changes between a change and the next, wherever one looks', () => {
  const clock = fc
    .integer({ min: 0, max: 24 * 60 - 1 })
    .map(
      minutes =>
        `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
    );
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
  );
  const days = fc.subarray(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const, { minLength: 1 });
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
  fc.assert(
    fc.property(clock, clock, zone, days, moment, (sleep, wake, timeZone, on, now) => {
      fc.pre(sleep !== wake);
      const schedule = { sleepAt: sleep, wakeAt: wake, timeZone, days: on };
      const { last, next } = scheduleAt(schedule, now);
      assert.ok(last.at <= now && next && next.at > now && next.asleep !== last.asleep);
      const half = scheduleAt(schedule, now + Math.floor((next.at - now) / 2));
      assert.deepEqual({ last: half.last, next: half.next }, { last, next });
      assert.equal(scheduleAt(schedule, next.at).last.asleep, next.asleep);
    }),
    { numRuns: 300 },
  );
});

test('[ENV14] the first request wakes it, also in the night, and quiet lets it sleep again', () => {
  const now = at('2026-01-15T22:00:00Z');
  const sleeping = environment({ schedule: berlin() }, { asleep: true, since: '2026-01-15T19:00:00Z' });
  assert.equal(sleepAt(sleeping, { now, ...quiet }).asleep, true);
  const woken = sleepAt(sleeping, { now, waitingSince: now - 5, lastRequestAt: undefined });
  assert.deepEqual([woken.asleep, woken.wokenAt], [false, now - 5]);
  const awake = environment(
    { schedule: berlin() },
    { asleep: false, since: new Date(now).toISOString(), wokenAt: new Date(now).toISOString() },
  );
  const later = (minutes: number, lastRequestAt?: number) =>
    sleepAt(awake, { now: now + minutes * minute, waitingSince: now, lastRequestAt }).asleep;
  assert.equal(later(29), false);
  assert.equal(later(31), true);
  assert.equal(later(31, now + 10 * minute), false);
  // A request of the night before counts no more.
  const nextNight = at('2026-01-16T22:00:00Z');
  assert.equal(sleepAt(awake, { now: nextNight, waitingSince: now, lastRequestAt: now }).asleep, true);
});

test('[ENV14] what somebody asks for holds until the schedule’s next change, without one until asked otherwise', () => {
  const said = (asleep: boolean, time: string) => ({ sleep: { asleep, at: time } });
  const noon = at('2026-01-15T12:00:00Z');
  const rest = environment({ ...said(true, '2026-01-15T10:00:00Z'), schedule: berlin() });
  assert.equal(sleepAt(rest, { now: noon, ...quiet }).asleep, true);
  assert.equal(sleepAt(rest, { now: at('2026-01-16T12:00:00Z'), ...quiet }).asleep, false);
  const owl = environment({ ...said(false, '2026-01-15T21:00:00Z'), schedule: berlin() });
  assert.equal(sleepAt(owl, { now: at('2026-01-15T22:00:00Z'), ...quiet }).asleep, false);
  assert.equal(sleepAt(owl, { now: at('2026-01-16T22:00:00Z'), ...quiet }).asleep, true);
  const plain = environment(said(true, '2026-01-15T10:00:00Z'));
  assert.equal(sleepAt(plain, { now: at('2026-06-15T10:00:00Z'), ...quiet }).asleep, true);
  assert.equal(sleepAt(environment({}), { now: noon, ...quiet }).asleep, false);
});
