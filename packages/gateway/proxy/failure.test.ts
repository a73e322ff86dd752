import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempt, mayRepeat, problemOf } from './failure.ts';

const attempt: Attempt = {
  method: 'GET',
  hasBody: false,
  bodyTaken: false,
  sent: true,
  reused: true,
  answering: false,
};
const lost = { code: 'UND_ERR_SOCKET' };

const cases: [string, Partial<Attempt>, object, ReturnType<typeof mayRepeat>][] = [
  ['a used connection that was just closing', {}, lost, 'afresh'],
  ['a used connection that was reset', {}, { code: 'ECONNRESET' }, 'afresh'],
  ['nothing was sent', { sent: false }, { code: 'ECONNREFUSED' }, 'elsewhere'],
  [
    'nothing was sent of a POST',
    { sent: false, method: 'POST', hasBody: true },
    { code: 'ECONNREFUSED' },
    'elsewhere',
  ],
  ['no connection in time', { sent: false }, { code: 'UND_ERR_CONNECT_TIMEOUT' }, 'elsewhere'],
  ['not when the body was begun', { method: 'PUT', hasBody: true, bodyTaken: true }, lost, undefined],
  ['not with a body', { method: 'PUT', hasBody: true }, lost, undefined],
  ['not a POST', { method: 'POST' }, lost, undefined],
  ['not on a new connection', { reused: false }, lost, undefined],
  ['not when the answer had begun', { answering: true }, lost, undefined],
  ['not when the answer is late', {}, { code: 'UND_ERR_HEADERS_TIMEOUT' }, undefined],
  ['not when the request is at fault', { sent: false }, { code: 'UND_ERR_INVALID_ARG' }, undefined],
];
for (const [what, changes, error, expected] of cases)
  test(`repeating: ${what}`, () => assert.equal(mayRepeat({ ...attempt, ...changes }, error), expected));

const problems: [Partial<Attempt>, object, number, string][] = [
  [{ sent: false }, { code: 'ECONNREFUSED' }, 502, 'Unreachable'],
  [{ sent: false }, { code: 'UND_ERR_CONNECT_TIMEOUT' }, 504, 'ConnectTimeout'],
  [{}, { code: 'UND_ERR_HEADERS_TIMEOUT' }, 504, 'ResponseTimeout'],
  [{}, lost, 502, 'BrokenOff'],
  [{ answering: true }, lost, 502, 'BadAnswer'],
  [{}, { code: 'HPE_INVALID_CONSTANT' }, 502, 'BadAnswer'],
  [{}, { code: 'UND_ERR_INVALID_ARG' }, 400, 'BadRequest'],
];
for (const [changes, error, status, code] of problems)
  test(`told: ${code} for ${JSON.stringify(error)}`, () => {
    const problem = problemOf({ ...attempt, ...changes }, error, 'shop', 1500);
    assert.equal(problem.status, status);
    assert.equal(problem.code, code);
    assert.doesNotMatch(JSON.stringify(problem), /127\.0\.0\.1|ECONN|UND_ERR/);
  });
