import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventKind, type KindObject, ServiceKind } from '@causeway/model';
import { age, humanDuration } from './age.ts';
import { cellReader } from './cell.ts';
import { createPrinter, tableJson } from './table.ts';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const d = 24 * h;

test('ages read as in kubectl', () => {
  const cases: [number, string][] = [
    [-3 * s, '<invalid>'],
    [-1500, '0s'],
    [0, '0s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [3 * m + 12 * s, '3m12s'],
    [10 * m + 5 * s, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [3 * h + 7 * m, '3h7m'],
    [8 * h + 7 * m, '8h'],
    [47 * h, '47h'],
    [2 * d, '2d'],
    [2 * d + 3 * h, '2d3h'],
    [8 * d + 3 * h, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [740 * d, '2y10d'],
    [8 * 365 * d + 3 * d, '8y'],
  ];
  for (const [milliseconds, text] of cases) assert.equal(humanDuration(milliseconds), text);
  assert.equal(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:03:12Z')), '3m12s');
  assert.equal(age('yesterday', 0), '<unknown>');
});

const object = {
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: {
    name: 'orders',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    hosts: ['a', 'b'],
    backends: [{ name: 'x' }, { name: 'y' }],
    ref: { kind: 'Service', name: 'orders' },
    none: [],
    deep: { a: 1 },
  },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Other', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
    count: 0,
    on: false,
  },
} as unknown as KindObject;

test('cells: dotted paths, conditions by type, lists joined, missing values null', () => {
  const cell = (path: string, type: 'string' | 'integer' | 'boolean' | 'date' = 'string') =>
    cellReader({ name: 'x', path, type })(object, Date.parse('2026-01-01T01:00:00Z'));
  assert.equal(cell('.status.phase'), 'Running');
  assert.equal(cell('.status.conditions[Ready].status'), 'True');
  assert.equal(cell('.status.conditions[Missing].status'), null);
  assert.equal(cell('.spec.hosts'), 'a,b');
  assert.equal(cell('.spec.backends'), 'x,y');
  assert.equal(cell('.spec.ref'), 'service/orders');
  assert.equal(cell('.spec.none'), '');
  assert.equal(cell('.spec.deep'), '{"a":1}');
  assert.equal(cell('.status.count', 'integer'), 0);
  assert.equal(cell('.status.on', 'boolean'), false);
  assert.equal(cell('.metadata.creationTimestamp', 'date'), '60m');
  assert.equal(cell('.spec.constructor'), null);
  assert.equal(cell('.spec.__proto__.toString'), null);
});

test('a printer gives kubectl the name first, columns with their priority, and the object as asked', () => {
  const printer = createPrinter(ServiceKind);
  assert.deepEqual(
    printer.columns.map(({ name, type, format, priority }) => [name, type, format, priority]),
    [
      ['Name', 'string', 'name', 0],
      ['Phase', 'string', '', 0],
      ['Release', 'string', '', 0],
      ['URL', 'string', '', 0],
      ['Ready', 'string', '', 1],
      ['Commit', 'string', '', 1],
      ['Message', 'string', '', 1],
      ['Age', 'date', '', 0],
    ],
  );
  const now = Date.parse('2026-01-01T00:00:05Z');
  assert.deepEqual(printer.row(object, now, 'None'), {
    cells: ['orders', 'Running', null, null, 'True', null, null, '5s'],
    object: null,
  });
  assert.deepEqual(printer.row(object, now, 'Metadata').object, {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: object.metadata,
  });
  assert.equal(printer.row(object, now, 'Object').object, object);
  assert.equal(createPrinter(EventKind).columns[0]?.priority, 1);
  const table = JSON.parse(
    tableJson({ resourceVersion: '7' }, [printer.row(object, now, 'None')], printer.columns),
  );
  assert.equal(table.columnDefinitions.length, table.rows[0].cells.length);
});
