import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from './documents.ts';

test('several documents, a List and JSON are objects whose fields have places', () => {
  const text = [
    'kind: A',
    'spec:',
    '  list:',
    '    - image: x',
    '---',
    '---',
    'kind: ThingList',
    'items:',
    '  - kind: B',
    '    spec: {deep: [1, 2]}',
    '',
  ].join('\n');
  const [first, item, ...rest] = readDocuments('a.yaml', text);
  assert.ok(first && item);
  assert.deepEqual(rest, []);
  assert.deepEqual(first.value, { kind: 'A', spec: { list: [{ image: 'x' }] } });
  assert.deepEqual(first.positionOf(['spec', 'list', 0, 'image']), { line: 4, column: 7 });
  assert.deepEqual(first.positionOf(['spec', 'list', 0, 'image'], 'value'), { line: 4, column: 14 });
  assert.deepEqual(first.positionOf([]), { line: 1, column: 1 });
  // What is not there is shown where it would be.
  assert.deepEqual(first.positionOf(['spec', 'other', 'more']), { line: 2, column: 1 });
  assert.equal(item.number, 3);
  assert.deepEqual(item.value, { kind: 'B', spec: { deep: [1, 2] } });
  assert.deepEqual(item.positionOf(['spec', 'deep', 1]), { line: 10, column: 22 });
  const [json] = readDocuments('a.json', '{\n\t"kind": "A",\n\t"spec": {\n\t\t"image": "x"\n\t}\n}');
  assert.deepEqual(json?.value, { kind: 'A', spec: { image: 'x' } });
  assert.deepEqual(json?.positionOf(['spec', 'image']), { line: 4, column: 3 });
});

test('an alias is where it is written, and what it stands for is found', () => {
  const [document] = readDocuments('a.yaml', 'base: &base {image: x}\nspec: *base\n');
  assert.deepEqual(document?.positionOf(['spec', 'image']), { line: 1, column: 14 });
  assert.deepEqual(document?.value, { base: { image: 'x' }, spec: { image: 'x' } });
});

test('[INP2] what cannot be read is a fault with its place', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 9 }, (_, index) => {
      const [name, before] = ['bcdefghij'[index], 'abcdefghi'[index]];
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join()}]`;
    }),
  ].join('\n');
  for (const [text, line, column, message] of [
    ['kind: A\nkind: B\n', 2, 1, /unique/],
    ['kind: A\nspec: [1,\n', 3, 1, /flow sequence|flow collection|\]/i],
    ['a: 1\nspec:\n  __proto__: {x: 1}\n', 3, 3, /__proto__/],
    ['a: *nothing\n', 1, 1, /alias/i],
    [bomb, 1, 1, /alias/i],
  ] as const) {
    const faults = readDocuments('a.yaml', text).flatMap(one => one.faults);
    assert.match(faults[0]?.message ?? '', message, text);
    assert.equal(faults[0]?.line, line, JSON.stringify(faults));
    assert.equal(faults[0]?.column, column, JSON.stringify(faults));
  }
});

test('of a file the documents that can be read are read', () => {
  const documents = readDocuments('a.yaml', 'kind: A\n---\nkind: {\n---\nkind: C\n');
  assert.deepEqual(
    documents.map(({ number, faults }) => [number, faults.length > 0]),
    [
      [1, false],
      [2, true],
      [3, false],
    ],
  );
});

test('what would exhaust whoever reads it is a fault, or read in time', () => {
  for (const [text, message] of [
    ['&a [*a]\n', /nested deeper/],
    ['['.repeat(2000), /./],
  ] as const) {
    const [document] = readDocuments('a.yaml', text);
    assert.match(document?.faults[0]?.message ?? '', message);
  }
  const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`);
  const before = process.cpuUsage();
  const [wide] = readDocuments('a.yaml', keys.join('\n'));
  assert.equal(Object.keys(wide?.value as object).length, keys.length);
  const { user } = process.cpuUsage(before);
  assert.ok(user < 3_000_000, `${user} µs for ${keys.length} keys`);
  const [twice] = readDocuments('a.yaml', [...keys, 'key0: 2'].join('\n'));
  assert.deepEqual(twice?.faults, [{ message: 'Map keys must be unique', line: keys.length + 1, column: 1 }]);
});
