import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeLink,
  changesLink,
  environmentLink,
  environmentRequestLink,
  environmentsLink,
  parseRoute,
  serviceLink,
  servicesLink,
  sourceLink,
} from './static/route.js';
import { handedOver, tokenIn } from './static/session.js';

test('each page has an address that leads back to it', () => {
  assert.deepEqual(parseRoute(''), { page: 'services', team: '', text: '' });
  assert.deepEqual(parseRoute('#/'), { page: 'services', team: '', text: '' });
  assert.deepEqual(parseRoute(servicesLink({ team: 'a', text: 'x & y?' })), {
    page: 'services',
    team: 'a',
    text: 'x & y?',
  });
  assert.deepEqual(parseRoute(serviceLink('a', 'b')), { page: 'service', team: 'a', name: 'b' });
  assert.deepEqual(parseRoute(environmentsLink({ team: 'a', text: 'b c' })), {
    page: 'environments',
    team: 'a',
    text: 'b c',
  });
  assert.deepEqual(parseRoute(environmentLink('a', 'b')), { page: 'environment', team: 'a', name: 'b' });
  assert.deepEqual(parseRoute(environmentRequestLink('a')), { page: 'environment-request', team: 'a' });
  assert.deepEqual(parseRoute(environmentRequestLink()), { page: 'environment-request', team: '' });
  assert.deepEqual(parseRoute(changesLink({ team: 'a', text: 'b', all: true })), {
    page: 'changes',
    team: 'a',
    text: 'b',
    all: true,
  });
  assert.deepEqual(parseRoute(changesLink()), { page: 'changes', team: '', text: '', all: false });
  assert.deepEqual(parseRoute(changeLink('a', 'b.1')), { page: 'change', team: 'a', name: 'b.1' });
  assert.deepEqual(parseRoute('#/teams'), { page: 'teams' });
  const address = '/apis/causeway.dev/v1/builds?fieldSelector=spec.service%3Da';
  assert.deepEqual(parseRoute(sourceLink(address)), { page: 'source', address });
});

test('an address that is none of ours leads nowhere', () => {
  for (const hash of [
    '#/services/a',
    '#/services/a/b/c',
    '#/teams/x',
    '#/environments/a/b/c',
    '#/environments/a',
    '#/changes/a',
    '#/source/etc',
    '#/source//evil.example/api',
    '#/source/api/../x',
    '#/x',
  ])
    assert.deepEqual(parseRoute(hash), { page: 'unknown' }, hash);
  assert.deepEqual(parseRoute('#/services/%/b'), { page: 'service', team: '', name: 'b' });
});

test('a token is handed over in the fragment, and must be one', () => {
  assert.equal(handedOver('#token=abc.DEF_1-2~'), 'abc.DEF_1-2~');
  assert.equal(handedOver('#token=a%2Bb%3D'), 'a+b=');
  assert.equal(handedOver('#token=a+b'), 'a+b');
  for (const hash of [
    '',
    '#/services',
    '#token=',
    '#token=a%20b',
    '#token=%0d%0aX: y',
    '#token=%',
    `#token=${'a'.repeat(5000)}`,
  ])
    assert.equal(handedOver(hash), undefined, hash.slice(0, 40));
  assert.equal(tokenIn('  pasted\n'), 'pasted');
  assert.equal(tokenIn(null), undefined);
});
