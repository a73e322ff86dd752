import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Build, Rollout } from '@causeway/model';
import { stationsOf } from './static/change-story.js';
import { before, build, push, rollout, service, serving, succeeded } from './testing/sample-objects.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number): string => before(now, seconds);
const api = service('a', 'api', at(100), push(2, 'ada', at(10)));

const story = (status: NonNullable<Build['status']>, target?: Rollout): string[] =>
  stationsOf({ service: api, build: build('a', 'api', 2, 'ada', at(9), status), rollout: target }, now).map(
    ({ name, tone, said, detail }) => [name, tone, said, ...(detail ? [detail] : [])].join(' | '),
  );

const built = succeeded(now - 9000, { checkout: 0.1, build: 0.4 });
const of = (sequence: number, status: NonNullable<Rollout['status']>): Rollout =>
  rollout('a', 'api', sequence, 'ada', at(90), status);
const target = { release: 'api.2', sequence: 2, attempt: 1, startedAt: at(8), configuration: 'c2' };
const failure = { code: 'SmokeCheckFailed' as const, message: 'm', evidence: [], next: 'n' };

test('a change is pushed, built, started, serving', () => {
  assert.deepEqual(stationsOf({ service: api, build: undefined, rollout: undefined }, now), []);
  assert.deepEqual(story({ phase: 'Pending' }), [
    'Pushed | good | 13c6ef37 by ada | 10 s ago',
    'Build | busy | waits for the agent',
    'Start | idle | not yet',
    'Serving | idle | not yet',
  ]);
  const running = {
    phase: 'Running' as const,
    startedAt: at(2),
    steps: [{ name: 'test' as const, state: 'Running' as const, startedAt: at(1) }],
  };
  assert.equal(story(running)[1], 'Building | busy | test | 2.0 s');
  assert.deepEqual(story(built).slice(1), [
    'Built | good | in 0.50 s',
    'Starting | busy | until it is ready',
    'Serving | idle | not yet',
  ]);
  assert.deepEqual(story(built, of(2, { phase: 'Switching', target })).slice(2), [
    'Started | good | ready',
    'Switching | busy | the gateway changes over',
  ]);
  assert.equal(story(built, of(2, { phase: 'Checking', target }))[3], 'Checking | busy | smoke check');
  assert.deepEqual(story(built, of(2, serving('api', 2, at(8.5)))).slice(2), [
    'Started | good | ready',
    'Serving | good | takes the traffic | 1.5 s after the push',
  ]);
});

test('a change that ends before production says where, and what serves instead', () => {
  assert.deepEqual(
    story({
      phase: 'Failed',
      startedAt: at(9),
      finishedAt: at(7),
      failure: { ...failure, code: 'TestsFailed' },
    }).slice(1),
    ['Build failed | bad | after 2.0 s | TestsFailed', 'Start | idle | not yet', 'Serving | idle | not yet'],
  );
  assert.equal(story({ phase: 'Superseded', supersededBy: 'api.3' })[1], 'Overtaken | idle | by api.3');
  const failed = (code: 'ProcessExited' | 'SmokeCheckFailed') => ({
    release: 'api.2',
    configuration: 'c2',
    sequence: 2,
    attempt: 1,
    failure: { ...failure, code },
  });
  assert.deepEqual(story(built, of(2, { phase: 'Failed', failed: failed('ProcessExited') })).slice(2), [
    'Start failed | bad | nothing serves | ProcessExited',
    'Serving | idle | not reached',
  ]);
  const kept = { ...serving('api', 1, at(80)), phase: 'Failed' as const, failed: failed('SmokeCheckFailed') };
  assert.deepEqual(story(built, of(2, kept)).slice(2), [
    'Started | good | ready',
    'Check failed | bad | api.1 keeps serving | SmokeCheckFailed',
  ]);
});

test('a rollback holds the change back, and is no measure of the way from the push', () => {
  const pin = { sequence: 2, reason: 'rollback', by: 'grace', at: at(3) };
  const back = of(1, serving('api', 1, at(2)));
  assert.deepEqual(story(built, { ...back, spec: { ...back.spec, pin } }).slice(2), [
    'Held back | idle | grace rolled back',
    'Serving | idle | api.1 serves',
  ]);
  const again = of(2, serving('api', 2, at(1)));
  assert.equal(
    story(built, { ...again, spec: { ...again.spec, pin } })[3],
    'Serving | good | takes the traffic',
  );
});

test('a deploy asked for is none pushed', () => {
  const deploy = build('a', 'api', 3, 'ada', at(5), { phase: 'Pending' });
  const [first] = stationsOf(
    { service: api, build: { ...deploy, spec: { ...deploy.spec, reason: 'deploy' } }, rollout: undefined },
    now,
  );
  assert.equal(first?.name, 'Deploy asked');
  assert.equal(first?.detail, '5 s ago');
});
