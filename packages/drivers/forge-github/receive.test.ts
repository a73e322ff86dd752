import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receive } from './receive.ts';
import { signedDelivery } from './testing/github-under-test.ts';
import { publishedPayloads } from './testing/published-payloads.ts';

test('[FRG2] each delivery that GitHub publishes is accepted, or ignored on purpose', () => {
  const kept = new Map<string, number>();
  for (const { name, examples: payloads } of publishedPayloads())
    for (const payload of payloads) {
      const { event } = receive(signedDelivery('secret', name, payload), 'secret');
      const known = ['pull_request', 'pull_request_review', 'push'].includes(name);
      const tag = name === 'push' && String(payload.ref).startsWith('refs/tags/');
      assert.equal(event.type === 'ignored', !known || tag, `${name}: ${JSON.stringify(event)}`);
      if (event.type === 'ignored') assert.notEqual(event.why, '');
      else assert.match(event.repository, /^[\w-]+\/[\w.-]+$/);
      kept.set(event.type, (kept.get(event.type) ?? 0) + 1);
    }
  assert.deepEqual([...kept.keys()].toSorted(), ['change', 'ignored', 'push']);
});
