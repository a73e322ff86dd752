import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionFields, ownTeam, promotionWish } from './requests.ts';

test('the team that is meant is the default one, else the first of one’s own, else the default one again', () => {
  const among = (...own: string[]) => ownTeam('acme', ['zebra', 'shop', 'acme'], team => own.includes(team));
  assert.equal(among('shop', 'acme'), 'acme');
  assert.equal(among('zebra', 'shop'), 'shop');
  assert.equal(among(), 'acme');
});

test('the body of an action holds what is known of it, and nothing else', () => {
  assert.deepEqual(actionFields(undefined, ['to']), {});
  assert.deepEqual(actionFields({ to: 'x' }, ['to', 'environment']), { to: 'x' });
  for (const body of [[], 'to', { to: 1 }, { to: '' }, { two: 'x' }, { to: 'x'.repeat(257) }])
    assert.throws(() => actionFields(body, ['to']), { code: 'BadRequest' });
  assert.deepEqual(promotionWish({ to: 'production', release: '7', approve: true }), {
    to: 'production',
    release: '7',
    approve: true,
  });
  for (const body of [undefined, {}, { to: 'production', approve: 'yes' }, { to: 'production', by: 'me' }])
    assert.throws(() => promotionWish(body), { code: 'BadRequest' });
});
