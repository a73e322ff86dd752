import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from './table.ts';

test('columns line up under their headers, wide characters and marks included', () => {
  assert.deepEqual(
    renderTable(
      ['Name', 'Phase', 'URL'],
      [
        ['payments-api', 'Running', 'http://a'],
        ['日本', 'Failed', null],
        ['café', 'Pending', ''],
      ],
    ),
    [
      'NAME           PHASE     URL',
      'payments-api   Running   http://a',
      '日本           Failed    -',
      'café           Pending   -',
    ],
  );
});

test('a cell cannot change the terminal or begin another line', () => {
  const [, row] = renderTable(['Message'], [['red \u001b[31m and\nnext\tline']]);
  assert.equal(row, 'red  [31m and next line');
});

test('what nobody would see is written out', () => {
  const [, row] = renderTable(['Name', 'Next'], [['evil\u202etxt.exe', 'zero\u200bwidth']]);
  assert.equal(row, 'evil\\u202etxt.exe   zero\\u200bwidth');
});

test('values of all kinds have a cell', () => {
  assert.deepEqual(renderTable(['A', 'B', 'C', 'D'], [[0, false, ['x', 'y'], undefined]]), [
    'A   B       C           D',
    '0   false   ["x","y"]   -',
  ]);
});
