import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReplay, type ReplayedInput } from './replay-report.ts';

const input = (given: Partial<ReplayedInput>): ReplayedInput => ({
  at: '2026-01-01T00:00:00Z',
  team: 'shop',
  object: 'Deployment/web',
  before: 'passed',
  now: 'passed',
  messages: [],
  redacted: false,
  ...given,
});

test('what comes out otherwise is counted by team, the most first, with its newest example', () => {
  const replay = createReplay('no-root', '2025-12-02T00:00:00Z');
  replay.add(input({}));
  replay.add(input({ before: 'refused', now: 'refused' }));
  replay.add(input({ team: 'pay', now: 'refused', at: '2026-01-02T00:00:00Z', messages: ['root'] }));
  replay.add(
    input({ now: 'refused', at: '2026-01-03T00:00:00Z', object: 'Deployment/new', messages: ['new'] }),
  );
  replay.add(input({ now: 'refused', object: 'Deployment/old', messages: ['old'], redacted: true }));
  replay.add(input({ team: '', before: 'refused' }));
  assert.deepEqual(replay.report(), {
    policy: 'no-root',
    since: '2025-12-02T00:00:00Z',
    judged: 6,
    same: 2,
    newlyRefused: [
      {
        team: 'shop',
        inputs: 2,
        example: { at: '2026-01-03T00:00:00Z', object: 'Deployment/new', messages: ['new'] },
      },
      {
        team: 'pay',
        inputs: 1,
        example: { at: '2026-01-02T00:00:00Z', object: 'Deployment/web', messages: ['root'] },
      },
    ],
    noLongerRefused: [
      {
        team: '',
        inputs: 1,
        example: { at: '2026-01-01T00:00:00Z', object: 'Deployment/web', messages: [] },
      },
    ],
    redacted: 1,
  });
});
