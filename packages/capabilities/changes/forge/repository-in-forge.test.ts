import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from '@causeway/model';
import { type ConfiguredForge, forgeOf, repositoryIn } from './repository-in-forge.ts';

test('a repository’s address is found in its forge, however it is written', () => {
  for (const [forge, url, expected] of [
    ['https://github.com', 'https://github.com/Shop/payments.git', 'Shop/payments'],
    ['https://github.com/', 'https://GitHub.com/shop/payments/', 'shop/payments'],
    ['https://github.com', 'ssh://git@github.com:22/shop/payments.git', 'shop/payments'],
    ['https://github.com', 'https://somebody:secret@github.com/shop/payments', 'shop/payments'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/shop/payments.git', 'shop/payments'],
    ['https://git.example/gitea', 'https://git.example/gitea/shop/payments.git', 'shop/payments'],
    ['https://git.example/gitea', 'ssh://git@git.example:2222/shop/payments.git', 'shop/payments'],
    ['https://git.example/gitea', 'https://git.example/shop/payments.git', undefined],
    ['https://git.example/gitea', 'https://git.example/gitea2/shop/payments.git', undefined],
    ['https://github.com', 'https://github.com.evil.example/shop/payments', undefined],
    ['https://github.com', 'https://gitlab.com/shop/payments', undefined],
    ['https://github.com', 'https://github.com/shop', undefined],
    ['https://github.com', 'https://github.com/shop/payments/tree/main', undefined],
    ['https://github.com', 'https://github.com/shop/pay%2fments', undefined],
    ['https://github.com', 'file:///shop/payments', undefined],
    ['https://github.com', 'nothing', undefined],
  ] as const)
    assert.equal(repositoryIn(forge, url), expected, `${url} in ${forge}`);
});

test('[FRG3] a team’s sources name only the repositories that are the team’s, where that is said', () => {
  const forge = { url: 'https://github.com' } as ConfiguredForge['forge'];
  const teams = { shop: ['shop/*', 'infra/payments'] };
  const allowed = (namespace: string, url: string, configured: ConfiguredForge = { forge, teams }) =>
    forgeOf([configured], { metadata: { namespace }, spec: { url } } as Source)?.allowed;
  assert.equal(allowed('shop', 'https://github.com/Shop/anything.git'), true);
  assert.equal(allowed('shop', 'https://github.com/infra/payments'), true);
  assert.equal(allowed('shop', 'https://github.com/infra/other'), false);
  assert.equal(allowed('shop', 'https://github.com/shopping/cart'), false);
  assert.equal(allowed('other', 'https://github.com/shop/anything'), false);
  assert.equal(allowed('constructor', 'https://github.com/shop/anything'), false);
  const anything = 'https://github.com/shop/anything';
  assert.equal(allowed('other', anything, { forge, teams: 'all' }), true);
  assert.equal(allowed('other', anything, { forge }), false, 'not set is not everybody');
  assert.equal(allowed('platform', anything, { forge }), true);
  assert.equal(allowed('shop', 'https://elsewhere.example/shop/anything'), undefined);
});
