import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldSchema } from '@causeway/model';
import { problemsWith } from './check-value.ts';
import { compareValues } from './compare.ts';
import { fieldType } from './field-type.ts';
import { fieldsOfValue } from './fields-of-value.ts';
import { mergeValues } from './merge-values.ts';
import { withoutFields } from './remove-fields.ts';
import { fittingSchema, withNamedFields } from './schema-sets.ts';

const text: FieldSchema = { type: 'string' };
/** A type with every way of merging. */
const type = fieldType({
  type: 'object',
  properties: {
    name: text,
    count: { type: 'integer' },
    struct: { type: 'object', properties: { a: text, b: text } },
    labels: { type: 'object', additionalProperties: text },
    atomicMap: { type: 'object', properties: { a: text, b: text }, 'x-kubernetes-map-type': 'atomic' },
    atomicList: { type: 'array', items: text },
    set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    list: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: { type: 'object', properties: { name: text, value: { type: 'integer' } } },
    },
    pairs: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
      },
    },
    open: { type: 'object' },
  },
});

const k = (name: string) => `k:{"name":"${name}"}`;

test('the fields of a value: leaves, items of lists and of maps, and what is atomic as one', () => {
  const fields = fieldsOfValue(type, {
    name: 'x',
    struct: { a: '1' },
    labels: { app: 'web' },
    atomicMap: { a: '1' },
    atomicList: ['q', 'q'],
    set: ['b', 'a<'],
    list: [{ name: 'one', value: 1 }],
    pairs: [{ port: 80 }],
    open: { deep: { er: 1 }, many: [1] },
  });
  assert.deepEqual(fields, {
    'f:name': {},
    'f:struct': { 'f:a': {} },
    'f:labels': { 'f:app': {} },
    'f:atomicMap': {},
    'f:atomicList': {},
    'f:set': { 'v:"b"': {}, 'v:"a\\u003c"': {} },
    'f:list': { [k('one')]: { '.': {}, 'f:name': {}, 'f:value': {} } },
    'f:pairs': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
    'f:open': { 'f:deep': { '.': {}, 'f:er': {} }, 'f:many': {} },
  });
  assert.deepEqual(fieldsOfValue(type, { struct: {}, labels: null }), { 'f:struct': {}, 'f:labels': {} });
});

/** What is compared, and what was removed, modified and added. */
const comparisons: [string, object, object, object, object, object][] = [
  ['nothing', { name: 'x' }, { name: 'x' }, {}, {}, {}],
  ['a leaf', { name: 'x' }, { name: 'y' }, {}, { 'f:name': {} }, {}],
  ['a leaf that goes', { name: 'x', count: 1 }, { name: 'x' }, { 'f:count': {} }, {}, {}],
  ['a struct that comes', {}, { struct: { a: '1' } }, {}, {}, { 'f:struct': { '.': {}, 'f:a': {} } }],
  [
    'inside a struct',
    { struct: { a: '1' } },
    { struct: { a: '1', b: '2' } },
    {},
    {},
    { 'f:struct': { 'f:b': {} } },
  ],
  ['an empty map that comes', {}, { labels: {} }, {}, {}, { 'f:labels': {} }],
  ['an atomic list', { atomicList: ['a'] }, { atomicList: ['a', 'b'] }, {}, { 'f:atomicList': {} }, {}],
  ['an atomic map', { atomicMap: { a: '1' } }, { atomicMap: { b: '1' } }, {}, { 'f:atomicMap': {} }, {}],
  ['the order of a set', { set: ['a', 'b'] }, { set: ['b', 'a'] }, {}, {}, {}],
  [
    'a set',
    { set: ['a', 'b'] },
    { set: ['b', 'c'] },
    { 'f:set': { 'v:"a"': {} } },
    {},
    { 'f:set': { 'v:"c"': {} } },
  ],
  [
    'a keyed list',
    {
      list: [
        { name: 'a', value: 1 },
        { name: 'b', value: 1 },
      ],
    },
    {
      list: [
        { name: 'b', value: 2 },
        { name: 'c', value: 3 },
      ],
    },
    { 'f:list': { [k('a')]: { '.': {}, 'f:name': {}, 'f:value': {} } } },
    { 'f:list': { [k('b')]: { 'f:value': {} } } },
    { 'f:list': { [k('c')]: { '.': {}, 'f:name': {}, 'f:value': {} } } },
  ],
  [
    'a text that becomes an object, where either may be',
    { open: { x: 'text', y: 1 } },
    { open: { x: { a: 1 }, y: {} } },
    {},
    { 'f:open': { 'f:x': {}, 'f:y': {} } },
    { 'f:open': { 'f:x': { 'f:a': {} } } },
  ],
  [
    'an object that becomes a list, where either may be',
    { open: { x: { a: 1 } } },
    { open: { x: [1] } },
    { 'f:open': { 'f:x': { 'f:a': {} } } },
    { 'f:open': { 'f:x': {} } },
    {},
  ],
  [
    'an item that is there twice from now on',
    { list: [{ name: 'a', value: 1 }] },
    {
      list: [
        { name: 'a', value: 1 },
        { name: 'a', value: 2 },
      ],
    },
    { 'f:list': { [k('a')]: { '.': {}, 'f:name': {}, 'f:value': {} } } },
    {},
    { 'f:list': { [k('a')]: {} } },
  ],
];

for (const [name, before, after, removed, modified, added] of comparisons)
  test(`comparing ${name}`, () => {
    assert.deepEqual(compareValues(type, before, after), { removed, modified, added });
  });

const items = (...names: string[]) => names.map(name => ({ name }));

const merges: [string, object, object, object][] = [
  ['leaves', { name: 'a', count: 1 }, { name: 'b' }, { name: 'b', count: 1 }],
  [
    'structs and maps',
    { struct: { a: '1' }, labels: { x: '1' } },
    { struct: { b: '2' }, labels: { y: '2' } },
    { struct: { a: '1', b: '2' }, labels: { x: '1', y: '2' } },
  ],
  [
    'what is atomic',
    { atomicList: ['a'], atomicMap: { a: '1' } },
    { atomicList: ['b'], atomicMap: { b: '1' } },
    { atomicList: ['b'], atomicMap: { b: '1' } },
  ],
  ['sets', { set: ['a', 'b'] }, { set: ['c'] }, { set: ['a', 'b', 'c'] }],
  [
    'keyed items',
    { list: [{ name: 'a', value: 1 }] },
    { list: [{ name: 'a' }, { name: 'b', value: 2 }] },
    {
      list: [
        { name: 'a', value: 1 },
        { name: 'b', value: 2 },
      ],
    },
  ],
  [
    'new items after those they follow',
    { list: items('a', 'b', 'c') },
    { list: items('a', 'x', 'c') },
    { list: items('a', 'b', 'x', 'c') },
  ],
  [
    'the applied order',
    { list: items('a', 'b', 'c') },
    { list: items('c', 'a') },
    { list: items('b', 'c', 'a') },
  ],
  [
    'items before, applied in reverse',
    { set: ['a', 'b', 'c', 'd'] },
    { set: ['d', 'c', 'b', 'a'] },
    { set: ['d', 'c', 'b', 'a'] },
  ],
  ['live items keep their place', { set: ['a', 'x', 'b'] }, { set: ['a', 'b'] }, { set: ['a', 'x', 'b'] }],
  ['an empty object over a text', { open: { x: 'text' } }, { open: { x: {} } }, { open: { x: {} } }],
  ['an object over a list', { open: { x: [1] } }, { open: { x: { a: 1 } } }, { open: { x: { a: 1 } } }],
  ['empty into nothing', {}, { labels: {}, set: [] }, { labels: {}, set: [] }],
  [
    'empty into something',
    { labels: { a: '1' }, set: ['a'] },
    { labels: {}, set: [] },
    { labels: { a: '1' }, set: ['a'] },
  ],
];

for (const [name, live, applied, expected] of merges)
  test(`merging: ${name}`, () => {
    const copies = structuredClone([live, applied]);
    assert.deepEqual(mergeValues(type, live, applied), expected);
    assert.deepEqual([live, applied], copies, 'arguments stay as they are');
  });

test('removing: members go with all below, empty containers go, atomic ones stay whole', () => {
  const value = {
    name: 'x',
    struct: { a: '1', b: '2' },
    set: ['a', 'b'],
    list: [
      { name: 'one', value: 1 },
      { name: 'two', value: 2 },
    ],
    labels: { a: '1' },
  };
  assert.deepEqual(
    withoutFields(type, value, {
      'f:name': {},
      'f:struct': { 'f:a': {} },
      'f:set': { 'v:"a"': {} },
      'f:list': { [k('one')]: { 'f:value': {} }, [k('two')]: {} },
      'f:labels': { 'f:a': {} },
    }),
    { struct: { b: '2' }, set: ['b'], list: [{ name: 'one' }] },
  );
  assert.deepEqual(
    withoutFields(
      type,
      { ...value, atomicList: ['q'] },
      { 'f:labels': { 'f:a': {} }, 'f:struct': { 'f:a': {}, 'f:b': {} } },
      { 'f:labels': {}, 'f:struct': { 'f:a': {} } },
    ),
    { name: 'x', set: ['a', 'b'], list: value.list, labels: {}, atomicList: ['q'] },
    'what is wanted empty stays',
  );
  assert.equal(withoutFields(type, { name: 'x' }, { 'f:name': {} }), undefined);
});

test('named fields above members become members; names that people choose do not', () => {
  assert.deepEqual(withNamedFields({ 'f:struct': { 'f:a': {} }, 'f:open': { 'f:q': { 'f:r': {} } } }, type), {
    'f:struct': { '.': {}, 'f:a': {} },
    'f:open': { '.': {}, 'f:q': { 'f:r': {} } },
  });
});

test('what a schema made atomic since is owned as one', () => {
  assert.deepEqual(
    fittingSchema({ 'f:atomicMap': { 'f:a': {} }, 'f:atomicList': { 'v:"a"': {} }, 'f:name': {} }, type),
    {
      'f:atomicMap': {},
      'f:atomicList': {},
      'f:name': {},
    },
  );
  const set = { 'f:struct': { 'f:a': {} } };
  assert.equal(fittingSchema(set, type), set);
});

test('what cannot be applied is named with its path', () => {
  const wrong: [object, RegExp][] = [
    [{ nope: 1 }, /^\.nope: field not declared in schema$/],
    [{ struct: { c: 1 } }, /^\.struct\.c: field not declared/],
    [{ count: 'x' }, /^\.count: expected numeric \(int or float\), got string$/],
    [{ name: 1 }, /^\.name: expected string, got number$/],
    [{ struct: [] }, /^\.struct: expected map, got list$/],
    [{ set: ['a', 'a'] }, /^\.set: duplicate entries for key \[="a"\]$/],
    [{ set: [null] }, /^\.set: element 0: .*explicit null/],
    [{ set: [{}] }, /^\.set: element 0: .*map type/],
    [{ list: [{ name: 'a' }, { name: 'a' }] }, /^\.list: duplicate entries for key \[name="a"\]$/],
    [{ list: [{ value: 1 }] }, /^\.list: element 0: .*omits all key fields \["name"\]/],
    [{ list: [{ name: 'a', value: 'x' }] }, /^\.list\[name="a"\]\.value: expected numeric/],
    [
      { pairs: [{ port: 80 }, { port: 80, protocol: 'TCP' }] },
      /duplicate entries for key \[port=80,protocol="TCP"\]/,
    ],
  ];
  for (const [value, message] of wrong) assert.match(problemsWith(type, value)[0] ?? '', message);
  const open = { any: ['thing', { of: [{ any: 'kind' }] }, [[1]]] };
  assert.deepEqual(problemsWith(type, { atomicList: ['a', 'a'], name: null, open }), []);
});
