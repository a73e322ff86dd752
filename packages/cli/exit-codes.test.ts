import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue, type ErrorCode } from '@causeway/model';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

test('every error has an exit code that fits its HTTP status', () => {
  const expected: Record<number, number[]> = {
    401: [exitCodes.refused],
    403: [exitCodes.refused],
    404: [exitCodes.notFound],
    409: [exitCodes.conflict],
    503: [exitCodes.unreachable, exitCodes.failed],
    504: [exitCodes.timeout],
  };
  for (const code of Object.keys(catalogue) as ErrorCode[]) {
    const exit = exitCodeOf(code);
    assert.notEqual(exit, exitCodes.ok, code);
    const fits = expected[catalogue[code].status];
    if (fits) assert.ok(fits.includes(exit), `${code} exits with ${exit}`);
  }
});
