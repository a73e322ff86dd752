import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '@causeway/engine';
import { endWait, waitedMs } from './waited.ts';

test('[ENG17] an attempt is waited for by a clock that nobody sets, and each attempt anew', () => {
  let elapsed = 5_000;
  // The wall clock is not asked.
  const engine = { clock: { elapsed: () => elapsed } } as unknown as Engine;
  const rollout = { namespace: 'shop', name: 'api.demo' };
  const attempt = { configuration: 'a', startedAt: '2026-01-01T00:00:00.000Z' };
  assert.equal(waitedMs(engine, rollout, attempt), 0);
  elapsed += 700;
  assert.equal(waitedMs(engine, rollout, attempt), 700);
  assert.equal(waitedMs(engine, { ...rollout, name: 'web.demo' }, attempt), 0);
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }), 0);
  elapsed += 300;
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }), 300);
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }, 'gateways'), 0);
  elapsed += 100;
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }, 'gateways'), 100);
  endWait(engine, rollout);
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }), 0);
  assert.equal(waitedMs(engine, rollout, { ...attempt, configuration: 'b' }, 'gateways'), 0);
});
