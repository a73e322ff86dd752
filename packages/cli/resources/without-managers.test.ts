import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutManagers } from './without-managers.ts';

test('objects and lists of them are shown without who manages their fields', () => {
  const object = { kind: 'Service', metadata: { name: 'a', managedFields: [{}] }, spec: {} };
  const shown = { kind: 'Service', metadata: { name: 'a' }, spec: {} };
  assert.deepEqual(withoutManagers(object), shown);
  assert.deepEqual(withoutManagers({ kind: 'List', metadata: {}, items: [object, object] }), {
    kind: 'List',
    metadata: {},
    items: [shown, shown],
  });
  assert.equal(withoutManagers('text'), 'text');
});
