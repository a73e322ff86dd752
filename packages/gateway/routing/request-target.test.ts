import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostNameOf } from './host-name.ts';
import { requestTarget } from './request-target.ts';

test('host names are compared without case, port and final dot', () => {
  const cases: [string, string | undefined][] = [
    ['shop.localhost', 'shop.localhost'],
    ['Shop.LocalHost:7080', 'shop.localhost'],
    ['shop.localhost.', 'shop.localhost'],
    ['shop.localhost.:80', 'shop.localhost'],
    ['shop:', 'shop'],
    ['a_b.localhost', 'a_b.localhost'],
    ['[::1]:80', '[::1]'],
    ['', undefined],
    [':80', undefined],
    ['a b', undefined],
    ['a,b', undefined],
    ['user@shop.localhost', undefined],
    ['shop.localhost/path', undefined],
    ['shop.localhost:80:80', undefined],
    ['-shop', undefined],
    ['shop\u0000', undefined],
    ['x'.repeat(301), undefined],
  ];
  for (const [authority, expected] of cases) assert.equal(hostNameOf(authority), expected, authority);
});

test('the request target in its forms', () => {
  assert.deepEqual(requestTarget('/a?b', 'Shop.localhost:1'), {
    authority: 'Shop.localhost:1',
    hostname: 'shop.localhost',
    path: '/a?b',
  });
  // RFC 9112 §3.2.2: the target's authority counts, whatever Host says.
  assert.deepEqual(requestTarget('http://other.localhost/a?b', 'shop.localhost'), {
    authority: 'other.localhost',
    hostname: 'other.localhost',
    path: '/a?b',
  });
  assert.deepEqual(requestTarget('HTTP://other.localhost?x', undefined), {
    authority: 'other.localhost',
    hostname: 'other.localhost',
    path: '/?x',
  });
  for (const [url, host] of [
    ['/', undefined],
    ['/', 'a b'],
    ['*', 'shop.localhost'],
    ['shop.localhost:443', 'shop.localhost'],
    ['ftp://shop.localhost/', 'shop.localhost'],
    ['http://user:secret@shop.localhost/', 'shop.localhost'],
    ['http:///path', 'shop.localhost'],
  ] as const)
    assert.equal(typeof requestTarget(url, host), 'string', url);
});
