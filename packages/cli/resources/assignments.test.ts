import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMember } from '../commands/create-team.ts';
import { parseSince } from '../commands/insights.ts';
import { parseAssignment } from './assignments.ts';

test('an assignment is cut at its first equals sign', () => {
  assert.deepEqual(parseAssignment('A=b=c'), { name: 'A', value: 'b=c' });
  assert.deepEqual(parseAssignment('A='), { name: 'A', value: '' });
  for (const text of ['A', '=b', '']) assert.throws(() => parseAssignment(text), /is not VAR=value/);
});

test('a member may have a role after the last colon', () => {
  assert.deepEqual(parseMember('alice'), { user: 'alice', role: 'developer' });
  assert.deepEqual(parseMember('alice@example.com:owner'), { user: 'alice@example.com', role: 'owner' });
  assert.deepEqual(parseMember('system:agent:local'), { user: 'system:agent:local', role: 'developer' });
});

test('since is a duration back from now, or a time', () => {
  const now = Date.parse('2026-06-08T00:00:00Z');
  assert.equal(parseSince('7d', now), '2026-06-01T00:00:00.000Z');
  assert.equal(parseSince('2026-01-31', now), '2026-01-31T00:00:00.000Z');
  assert.throws(() => parseSince('whenever', now), /neither a time nor a duration/);
});
