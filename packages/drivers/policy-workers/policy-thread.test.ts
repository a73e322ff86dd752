import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyThread } from './policy-thread.ts';

test('the time that a thread takes to start and to load is not held against a policy', async t => {
  const thread = new PolicyThread();
  t.after(() => thread.end());
  const modules = [{ name: 'policy.rego', source: 'package p\ndeny contains "no" if true\n' }];
  const source = { engine: 'rego', modules } as const;
  // No machine does it in a millisecond.
  const outcome = await thread.do({ do: 'load', number: 0, source }, 1);
  assert.ok('outline' in outcome, JSON.stringify(outcome));
});
