import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from './apply-patch.ts';

test('what differs is set, what others set stays, what was applied and is wanted no more goes', () => {
  const live = {
    spec: { replicas: 1, template: 'x', http: { port: 80, readiness: 'http' } },
    status: { phase: 'Running' },
  };
  const before = { spec: { replicas: 1, http: { port: 80 } } };
  assert.deepEqual(applyPatch(live, { spec: { replicas: 3, http: {} } }, before), {
    spec: { replicas: 3, http: { port: null } },
  });
});

test('nothing to do is undefined; a field gone already is not removed again', () => {
  assert.equal(applyPatch({ spec: { a: 1, b: 2 } }, { spec: { a: 1 } }), undefined);
  assert.equal(applyPatch({ spec: {} }, { spec: {} }, { spec: { gone: 1 } }), undefined);
});

test('lists and changed types are set whole', () => {
  assert.deepEqual(applyPatch({ a: [1, 2], b: { c: 1 } }, { a: [2], b: 'text' }), { a: [2], b: 'text' });
});

test('names of object properties are plain names', () => {
  const wanted = JSON.parse('{"constructor": "y", "toString": {"a": 1}}');
  assert.deepEqual(applyPatch({}, wanted), wanted);
});
