import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carryFields } from './carried-fields.ts';

test('[UPG2] fields of a newer version stay where they are handed on, at any depth and in lists that move', () => {
  const stored = {
    size: 1,
    colour: 'red',
    limits: { cpu: 1, gpu: 2 },
    members: [
      { user: 'ada', pager: 7 },
      { user: 'bob', pager: 8 },
    ],
  };
  const wanted = {
    size: 2,
    colour: 'red',
    limits: { cpu: 3, gpu: 2 },
    members: [{ user: 'cleo' }, ...stored.members],
  };
  const valid = {
    size: 2,
    limits: { cpu: 3 },
    members: [{ user: 'cleo' }, { user: 'ada' }, { user: 'bob' }],
    level: 'default',
  };
  assert.deepEqual(carryFields(stored, wanted, valid), { ...wanted, level: 'default' });
});

test('[UPG2] what a writer leaves out, changes or invents there is not stored', () => {
  const stored = { size: 1, colour: 'red', shape: 'round', items: [{ a: 1, b: 2 }] };
  const wanted = { size: 1, shape: 'square', taste: 'sweet', items: [{ a: 1 }] };
  const valid = { size: 1, items: [{ a: 1 }] };
  assert.deepEqual(carryFields(stored, wanted, valid), valid);
});

test('where nothing is unknown nothing is made anew', () => {
  const valid = { size: 1, items: [{ a: 1 }] };
  assert.equal(carryFields({ size: 2 }, { size: 1, items: [{ a: 1 }] }, valid), valid);
});
