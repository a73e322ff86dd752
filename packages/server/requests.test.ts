import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownTeam } from './requests.ts';

test('the team that is meant is the default one, else the first of one’s own, else the default one again', () => {
  const among = (...own: string[]) => ownTeam('acme', ['zebra', 'shop', 'acme'], team => own.includes(team));
  assert.equal(among('shop', 'acme'), 'acme');
  assert.equal(among('zebra', 'shop'), 'shop');
  assert.equal(among(), 'acme');
});
