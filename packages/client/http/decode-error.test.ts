import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeError } from './decode-error.ts';

test('a Kubernetes Status gives back code, evidence, next and the fields that are wrong', () => {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    message: 'services.causeway.dev "orders" is invalid. Correct the tests.',
    reason: 'Invalid',
    code: 422,
    details: {
      name: 'orders',
      kind: 'services',
      causes: [
        { reason: 'FieldValueInvalid', message: 'must be at least 0', field: 'spec.replicas' },
        { reason: 'Code', message: 'TestsFailed' },
        { reason: 'Evidence', message: 'npm test' },
        { reason: 'Evidence', message: '1 failing' },
        { reason: 'Next', message: 'Correct the tests.' },
      ],
    },
  });
  const error = decodeError(422, body, 'GET /x');
  assert.equal(error.code, 'TestsFailed');
  assert.equal(error.message, 'services.causeway.dev "orders" is invalid');
  assert.deepEqual(error.evidence, ['npm test', '1 failing']);
  assert.equal(error.next, 'Correct the tests.');
  assert.deepEqual(error.causes, [
    { reason: 'FieldValueInvalid', message: 'must be at least 0', field: 'spec.replicas' },
  ]);
  assert.equal(error.objectName, 'orders');
});

test('a Status without our code is told apart by its reason: both 409s', () => {
  const status = (reason: string) => JSON.stringify({ kind: 'Status', message: 'm', reason, code: 409 });
  assert.equal(decodeError(409, status('AlreadyExists'), '').code, 'AlreadyExists');
  assert.equal(decodeError(409, status('Conflict'), '').code, 'Conflict');
});

test('problem details (RFC 9457) give the same', () => {
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'Forbidden',
    status: 403,
    detail: 'bob may not push to orders',
    code: 'PushRefused',
    evidence: ['role: viewer'],
    next: 'Ask an owner.',
  });
  const error = decodeError(403, body, '');
  assert.deepEqual(
    { code: error.code, message: error.message, evidence: error.evidence, next: error.next },
    {
      code: 'PushRefused',
      message: 'bob may not push to orders',
      evidence: ['role: viewer'],
      next: 'Ask an owner.',
    },
  );
});

test('what is no JSON, or no object, or names a code that no catalogue has, still says what it can', () => {
  const page = decodeError(502, '<html>\n  <h1>Bad Gateway</h1>', 'GET http://h/x');
  assert.equal(page.code, 'Unavailable');
  assert.equal(page.message, 'GET http://h/x was answered with 502.');
  assert.deepEqual(page.evidence, ['<html> <h1>Bad Gateway</h1>']);
  assert.equal(decodeError(500, 'null', '').code, 'Internal');
  assert.equal(decodeError(404, '[]', '').code, 'NotFound');
  assert.equal(decodeError(418, '{"title":"t","code":"__proto__"}', '').code, 'BadRequest');
  assert.equal(decodeError(404, '{"title":"t","code":"toString"}', '').code, 'NotFound');
});
