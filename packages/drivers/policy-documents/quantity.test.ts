import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneOfQuantity, parseQuantity } from './quantity.ts';

test('a quantity is read exactly, in all its forms', () => {
  const cases: readonly (readonly [string, bigint])[] = [
    ['1', oneOfQuantity],
    ['0.5', oneOfQuantity / 2n],
    ['.5', oneOfQuantity / 2n],
    ['5.', 5n * oneOfQuantity],
    ['500m', oneOfQuantity / 2n],
    ['1.5Gi', 1610612736n * oneOfQuantity],
    ['1k', 1000n * oneOfQuantity],
    ['2e3', 2000n * oneOfQuantity],
    ['2E3', 2000n * oneOfQuantity],
    ['1E', 10n ** 18n * oneOfQuantity],
    ['-1Mi', -1048576n * oneOfQuantity],
    ['+3', 3n * oneOfQuantity],
    ['1e-9', 1n],
    ['0.0000000001', 1n],
  ];
  for (const [text, value] of cases) assert.equal(parseQuantity(text), value, text);
});

test('what is no quantity is none', () => {
  for (const text of ['', '.', '-', 'Gi', '1 Gi', '1gi', '1K', '1e', '1e999', '0x10', '1.2.3', '1Gii', 'NaN'])
    assert.equal(parseQuantity(text), undefined, text);
});
