import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlatformError } from '@causeway/model';
import type { Clock } from './clock.ts';
import { shareClock } from './shared-clock.ts';

const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

/** A machine and a database whose clocks are set apart; time passes when the test says so. */
const world = () => {
  let passed = 0;
  let timers: { at: number; callback: () => void }[] = [];
  const set = { own: 0, database: 0, answers: true, tookMs: 0 };
  const own: Clock = {
    now: () => start + passed + set.own,
    elapsed: () => passed,
    after(ms, callback) {
      const timer = { at: passed + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
  };
  const database = {
    async time() {
      if (!set.answers) throw new PlatformError('Unavailable', 'gone');
      passed += set.tookMs;
      const time = start + passed + set.database;
      passed += set.tookMs;
      return time;
    },
  };
  return {
    set,
    own,
    database,
    now: () => start + passed + set.database,
    async pass(ms: number): Promise<void> {
      const until = passed + ms;
      while (passed < until) {
        passed = Math.min(until, ...timers.map(({ at }) => Math.max(at, passed)));
        const due = timers.filter(({ at }) => at <= passed);
        timers = timers.filter(({ at }) => at > passed);
        for (const { callback } of due) callback();
        await new Promise(setImmediate);
        if (timers.length === 0) return;
      }
    },
  };
};

const share = async () => {
  const machine = world();
  const heard = { jumps: 0 };
  const { clock, stop } = await shareClock({
    database: machine.database,
    clock: machine.own,
    onJump: () => {
      heard.jumps += 1;
    },
  });
  return { ...machine, clock, stop, heard };
};

test('[ENG17] whoever sets a server’s clock changes nothing', async () => {
  const { clock, set, now, pass, heard, stop } = await share();
  set.own = 48 * hour;
  assert.equal(clock.now(), now());
  await pass(10_000);
  assert.equal(clock.now(), now());
  set.own = -48 * hour;
  assert.equal(clock.now(), now());
  assert.equal(heard.jumps, 0);
  stop();
});

test('[ENG17] when the database’s clock is set, all is looked at once, within a second', async () => {
  const { clock, set, now, pass, heard, stop } = await share();
  for (const [count, offset] of [72 * hour, -hour].entries()) {
    set.database = offset;
    assert.notEqual(clock.now(), now());
    await pass(1000);
    assert.equal(clock.now(), now());
    await pass(10_000);
    assert.equal(heard.jumps, count + 1);
  }
  stop();
});

test('[ENG17] a clock that drifts is followed, and is news once it comes to a second', async () => {
  const { clock, set, now, pass, heard, stop } = await share();
  for (let second = 0; second < 25; second++) {
    set.database += 100;
    await pass(1000);
    assert.equal(clock.now(), now());
  }
  assert.equal(heard.jumps, 2);
  stop();
});

test('[ENG17] slow answers neither put it ahead nor make it leap about', async () => {
  const { clock, set, now, pass, heard, stop } = await share();
  const times: number[] = [];
  for (const tookMs of [400, 3, 250, 0, 700]) {
    set.tookMs = tookMs;
    const before = clock.now();
    await pass(1000);
    assert.ok(clock.now() <= now());
    assert.ok(clock.now() >= before);
    times.push(now() - clock.now());
  }
  assert.deepEqual(times, [0, 0, 0, 0, 0]);
  assert.equal(heard.jumps, 0);
  stop();
});

test('[ENG17] while the database does not answer, time goes on', async () => {
  const { clock, set, now, pass, heard, stop } = await share();
  set.answers = false;
  await pass(60_000);
  assert.equal(clock.now(), now());
  set.answers = true;
  set.database = hour;
  await pass(1000);
  assert.equal(clock.now(), now());
  assert.equal(heard.jumps, 1);
  stop();
});
