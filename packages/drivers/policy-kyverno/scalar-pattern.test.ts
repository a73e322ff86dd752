import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesScalar } from './scalar-pattern.ts';
import { matchesWildcard } from './wildcard.ts';

test('a value is as a pattern says', () => {
  const cases: readonly (readonly [unknown, unknown, boolean])[] = [
    ['abc', 'a*', true],
    ['abc', 'a?c', true],
    ['abc', '!a*', false],
    ['b', 'a | b', true],
    ['abc', 'a* & *c', true],
    ['abd', 'a* & *c', false],
    ['', '?*', false],
    [undefined, '?*', false],
    [undefined, '*', false],
    [undefined, '!x', false],
    [5, '>4', true],
    [5, '>=5 & <6', true],
    ['5', 5, true],
    [5, '1-10', true],
    [15, '1-10', false],
    [15, '1!-10', true],
    ['512Mi', '<1Gi', true],
    ['1Gi', '1024Mi', true],
    ['1Gi', '!1024Mi', true],
    ['90s', '>1m', true],
    ['2h', '<=1h30m', false],
    [true, 'true', true],
    [true, true, true],
    ['true', true, false],
    [null, null, true],
    ['', null, true],
    ['x', null, false],
    [{}, '*x', false],
    [undefined, '<=5', true],
  ];
  for (const [value, pattern, wanted] of cases)
    assert.equal(
      matchesScalar(value, pattern),
      wanted,
      `${JSON.stringify(value)} against ${JSON.stringify(pattern)}`,
    );
});

test('wildcards are matched in time, whatever they are', () => {
  assert.ok(matchesWildcard('*', ''));
  assert.ok(matchesWildcard('a**b?', 'axxbc'));
  assert.ok(!matchesWildcard('a', 'ab'));
  assert.ok(!matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(5000)));
});
