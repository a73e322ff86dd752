import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineSplitter } from './line-splitter.ts';

const split = (chunks: readonly Buffer[]): string[] => {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap(chunk => [...splitter.push(chunk)]);
  const rest = splitter.rest();
  return rest === undefined ? lines : [...lines, rest];
};

test('lines are the same wherever the chunks are cut, within characters too', () => {
  const text = Buffer.from('{"a":"é"}\n\n{"b":"日本"}\r\nlast 🚂');
  const expected = ['{"a":"é"}', '', '{"b":"日本"}', 'last 🚂'];
  for (let first = 0; first <= text.length; first++)
    for (let second = first; second <= text.length; second++)
      assert.deepEqual(
        split([text.subarray(0, first), text.subarray(first, second), text.subarray(second)]),
        expected,
      );
});

test('a newline at the end begins no further line', () => {
  assert.deepEqual(split([Buffer.from('a\nb\n')]), ['a', 'b']);
});
