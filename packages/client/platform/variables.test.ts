import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { changedVariables, productionValues } from './variables.ts';

const level = { name: 'LEVEL', value: 'info' };
const levelHere = { name: 'LEVEL', value: 'debug', environment: 'production' };

test('set replaces in place and appends; a value for one environment is another variable', () => {
  assert.deepEqual(
    changedVariables([level, levelHere], {
      set: [
        { ...level, value: 'warn' },
        { name: 'A', value: '' },
      ],
    }),
    [{ name: 'LEVEL', value: 'warn' }, levelHere, { name: 'A', value: '' }],
  );
  assert.deepEqual(
    changedVariables([], {
      set: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
    [{ name: 'A', value: '2' }],
  );
});

test('unset removes the one that is meant, and says what is set when there is none', () => {
  assert.deepEqual(
    changedVariables([level, levelHere], { unset: [{ name: 'LEVEL', environment: 'production' }] }),
    [level],
  );
  assert.throws(
    () => changedVariables([level], { unset: [{ name: 'OTHER' }] }),
    error => isPlatformError(error, 'NotFound') && error.evidence[0] === 'set are: LEVEL',
  );
});

test('names that no shell could set are refused', () => {
  for (const name of ['1A', 'A-B', '', '__proto__ ', 'A=B'])
    assert.throws(() => changedVariables([], { set: [{ name, value: '' }] }), /cannot be the name/);
});

test('production restarts only when what it sees changes', () => {
  assert.equal(
    productionValues([level, levelHere]),
    productionValues([{ ...level, value: 'other' }, levelHere]),
  );
  assert.notEqual(productionValues([level]), productionValues([level, levelHere]));
});
