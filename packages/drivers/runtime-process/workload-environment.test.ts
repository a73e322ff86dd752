import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEnvironment } from './workload-environment.ts';

test('variables that no program could be started with are refused, with what to do', () => {
  const refused = { code: 'StartFailed', next: 'Put large values into files.' };
  assert.throws(() => encodeEnvironment({ LARGE: 'x'.repeat(128 * 1024) }), refused);
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`V${at}`, 'é'.repeat(30_000)]));
  assert.throws(() => encodeEnvironment(many), refused);
  assert.deepEqual(encodeEnvironment({ A: 'x' }), { CAUSEWAY_SHIM_COUNT: '1', CAUSEWAY_SHIM_0: 'A=x' });
});
