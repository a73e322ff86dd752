import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { isRefName } from './ref-name.ts';

const names = [
  'refs/heads/main',
  'refs/heads/a/b',
  'refs/heads/ü',
  'refs/heads/$(x);y',
  'refs/heads/@',
  'refs/heads/-x',
  'refs/heads/a.lock',
  'refs/heads/.a',
  'refs/heads/a..b',
  'refs/heads/../x',
  'refs/heads/a b',
  'refs/heads/a\nb',
  'refs/heads/a\x7f',
  'refs/heads/a~1',
  'refs/heads/a^',
  'refs/heads/a:b',
  'refs/heads/a?',
  'refs/heads/a*',
  'refs/heads/a[',
  'refs/heads/a\\b',
  'refs/heads/a@{1}',
  'refs/heads//a',
  'refs/heads/a/',
  'refs/heads/a.',
  'refs/heads/a.lock/b',
];

test('says the same as git check-ref-format', () => {
  for (const name of names) {
    const { status } = spawnSync('git', ['check-ref-format', name]);
    assert.equal(isRefName(name), status === 0, JSON.stringify(name));
  }
  assert.equal(isRefName('main'), false);
  assert.equal(isRefName('refs/'), false);
});
