import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference } from './compare.ts';
import { judge, type KnownDifference } from './known-differences.ts';

const different = (step: string, path: string, ours: unknown = 'ours'): Difference => ({
  step,
  path,
  sort: 'other',
  real: 'real',
  ours,
});

const known = (more: Partial<KnownDifference>): KnownDifference => ({
  id: 'ID',
  ours: '',
  reason: '',
  ...more,
});

test('a difference that nobody has listed fails, and so does one that is listed and gone', () => {
  const listed = known({ path: 'body\\.message', steps: ['a / one', 'a / two'] });
  const first = different('a / one', 'body.message');
  assert.deepEqual(judge([first, different('a / two', 'body.message')], [listed]), {
    unlisted: [],
    stale: [],
  });
  const elsewhere = different('a / three', 'body.message');
  const beside = different('a / one', 'body.message.more');
  assert.deepEqual(judge([first, elsewhere, beside], [listed]), {
    unlisted: [elsewhere, beside],
    stale: ['ID in a / two'],
  });
  assert.deepEqual(judge([], [known({ path: '.*' })]).stale, ['ID']);
});

test('a pattern for everything does not cover a status: that is listed by its number', () => {
  const refused = different('a / one', 'status', 400);
  assert.deepEqual(judge([refused], [known({ path: '.*' })]).unlisted, [refused]);
  const listed = known({ statuses: [400] });
  assert.deepEqual(judge([refused], [listed]), { unlisted: [], stale: [] });
  const broken = different('a / one', 'status', 500);
  assert.deepEqual(judge([broken], [listed]).unlisted, [broken]);
});
