import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { applyJsonPatch, parseJsonPatch, parsePointer } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';

const json = (text: string): unknown => JSON.parse(text);
const jsonPatch = (document: unknown, patch: unknown): unknown =>
  applyJsonPatch(document, parseJsonPatch(patch));

test('merge patch: the test cases of RFC 7386, appendix A', () => {
  const cases = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ] as const;
  for (const [target, patch, result] of cases) {
    const before = json(target);
    assert.deepEqual(mergePatch(before, json(patch)), json(result), `${target} + ${patch}`);
    assert.deepEqual(before, json(target), 'the target is not changed');
  }
});

test('JSON patch: the examples of RFC 6902, appendix A', () => {
  const cases: [unknown, unknown, unknown][] = [
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    [{ foo: 1 }, [{ op: 'replace', path: '', value: { bar: 2 } }], { bar: 2 }],
    [{ a: { x: 1, y: 2 } }, [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }], { a: { x: 1, y: 2 } }],
  ];
  for (const [document, patch, result] of cases) {
    const before = JSON.stringify(document);
    assert.deepEqual(jsonPatch(document, patch), result, JSON.stringify(patch));
    assert.equal(JSON.stringify(document), before, 'the document is not changed');
  }
});

test('JSON patch: what does not fit is Invalid and names the operation', () => {
  const cases: [unknown, unknown][] = [
    [{ baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
    [{}, [{ op: 'remove', path: '/missing' }]],
    [{}, [{ op: 'replace', path: '/missing', value: 1 }]],
    [{}, [{ op: 'remove', path: '/constructor' }]],
    [{ a: [1] }, [{ op: 'add', path: '/a/3', value: 1 }]],
    [{ a: [1] }, [{ op: 'remove', path: '/a/-' }]],
    [{ a: [1] }, [{ op: 'replace', path: '/a/01', value: 1 }]],
    [{}, [{ op: 'remove', path: '' }]],
    [{}, [{ op: 'move', from: '/x', path: '/y' }]],
  ];
  for (const [document, patch] of cases)
    assert.throws(
      () => jsonPatch(document, patch),
      error => isPlatformError(error, 'Invalid') && error.message.includes('operation 0'),
      JSON.stringify(patch),
    );
});

test('JSON patch: what is no patch is a BadRequest', () => {
  for (const patch of [
    {},
    'x',
    null,
    [null],
    [{ op: 'dance', path: '/a' }],
    [{ op: 'add', path: '/a' }],
    [{ op: 'add', path: 'a', value: 1 }],
    [{ op: 'add', path: '/~2', value: 1 }],
    [{ op: 'copy', path: '/a' }],
    [{ op: 'move', from: '/a', path: '/a/b' }],
  ])
    assert.throws(
      () => parseJsonPatch(patch),
      error => isPlatformError(error, 'BadRequest'),
      JSON.stringify(patch),
    );
});

test('JSON patch: copies of copies are stopped before they fill the memory', () => {
  const doubling = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
  assert.throws(
    () => jsonPatch({ a: ['x'.repeat(100)] }, doubling),
    error => isPlatformError(error, 'TooLarge'),
  );
  assert.throws(
    () => parseJsonPatch(new Array(1001).fill({ op: 'remove', path: '/a' })),
    error => isPlatformError(error, 'TooLarge'),
  );
});

test('patches keep __proto__ and constructor as plain data and never reach Object.prototype', () => {
  const merged = mergePatch(
    {},
    json(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"labels":{"__proto__":{"polluted":1}}}',
    ),
  );
  assert.equal(
    JSON.stringify(merged),
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"labels":{"__proto__":{"polluted":1}}}',
  );
  const patched = jsonPatch({ metadata: {} }, [{ op: 'add', path: '/constructor', value: { prototype: 1 } }]);
  assert.equal(Object.getPrototypeOf(patched), Object.prototype);
  for (const path of ['/__proto__', '/metadata/__proto__'])
    assert.throws(
      () => jsonPatch({ metadata: {} }, [{ op: 'add', path, value: { polluted: 1 } }]),
      error => isPlatformError(error, 'BadRequest'),
    );
  assert.throws(
    () => jsonPatch({}, [{ op: 'add', path: '/constructor/prototype/polluted', value: 1 }]),
    error => isPlatformError(error, 'Invalid'),
  );
  assert.throws(
    () => jsonPatch({}, [{ op: 'add', path: '/__proto__/polluted', value: 1 }]),
    error => isPlatformError(error, 'Invalid'),
  );
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('JSON pointers: RFC 6901, section 5', () => {
  assert.deepEqual(parsePointer(''), []);
  assert.deepEqual(parsePointer('/foo/0'), ['foo', '0']);
  assert.deepEqual(parsePointer('/'), ['']);
  assert.deepEqual(parsePointer('/a~1b/m~0n'), ['a/b', 'm~n']);
  assert.equal(parsePointer('foo'), undefined);
});
