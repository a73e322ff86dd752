import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, ago, between, duration, plural, shortCommit, webAddress } from './static/words.js';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

test('ages have one unit', () => {
  const cases: [number, string][] = [
    [0, 'now'],
    [1, '1 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [86_399, '23 h'],
    [86_400, '1 d'],
    [41 * 86_400, '41 d'],
  ];
  for (const [seconds, words] of cases) assert.equal(age(at(seconds), now), words);
  // A browser’s clock may be behind the server’s.
  assert.equal(age(at(-5), now), 'now');
  assert.equal(age(undefined, now), '–');
  assert.equal(ago(at(90), now), '1 min ago');
  assert.equal(ago(at(0), now), 'now');
  assert.equal(ago(undefined, now), '–');
});

test('durations have the digits that mean something', () => {
  const cases: [number | undefined, string][] = [
    [0, '0.00 s'],
    [0.424, '0.42 s'],
    [0.996, '1.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [185, '3 min 5 s'],
    [3600, '1 h 0 min'],
    [7800, '2 h 10 min'],
    [200_000, '2 d'],
    [-3, '0.00 s'],
    [undefined, '–'],
  ];
  for (const [seconds, words] of cases) assert.equal(duration(seconds), words);
});

test('between two times, or until now', () => {
  assert.equal(between(at(10), at(4), now), 6);
  assert.equal(between(at(10), undefined, now), 10);
  assert.equal(between(undefined, at(4), now), undefined);
});

test('small words', () => {
  assert.deepEqual(
    [plural(0, 'service'), plural(1, 'service'), plural(2, 'service')],
    ['0 services', '1 service', '2 services'],
  );
  assert.equal(shortCommit('0123456789abcdef'), '01234567');
  assert.equal(shortCommit(undefined), '–');
});

test('only the web is linked to', () => {
  assert.equal(webAddress('https://example.com/a'), 'https://example.com/a');
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,x',
    ' https://a',
    'https://a b',
    'ada',
    '',
    undefined,
  ])
    assert.equal(webAddress(text), undefined);
});
