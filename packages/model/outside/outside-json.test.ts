import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOutsideJson, scanJson } from './outside-json.ts';

test('fields and depth of a text are found without reading it as JSON', () => {
  for (const [text, fields, depth] of [
    ['', 0, 0],
    ['1', 0, 0],
    ['{"a":{"b":[1,{"c":2}]},"a":"x:{\\"}"}', 4, 4],
    ['"[[[[:\\\\"', 0, 0],
    ['"never closed [', 0, 0],
    ['[[]]]]', 0, 2],
  ] as const)
    assert.deepEqual(scanJson(text), { fields, depth }, text);
});

test('what is nested without end is refused before a parser sees it', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  assert.doesNotThrow(() => parseOutsideJson(nested(1000)));
  assert.throws(() => parseOutsideJson(nested(1001)), /nested more than 1000 levels/);
  assert.throws(() => parseOutsideJson('{"a":'.repeat(100_000)), SyntaxError);
});
