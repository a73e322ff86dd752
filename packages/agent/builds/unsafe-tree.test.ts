import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { parseListing } from './source-listing.ts';
import { refuseEscapes, refuseSubmodules, staysInside } from './unsafe-tree.ts';

const links = (targets: Record<string, string>): ReadonlyMap<string, string> =>
  new Map(Object.entries(targets));

const cases: [name: string, path: string, targets: Record<string, string>, inside: boolean][] = [
  ['a neighbour', 'a', { a: 'b' }, true],
  ['a file further up, still inside', 'x/y/a', { 'x/y/a': '../../b' }, true],
  ['the top itself', 'x/a', { 'x/a': '..' }, true],
  ['one above the top', 'a', { a: '..' }, false],
  ['above the top and back in', 'a', { a: '../app/b' }, false],
  ['an absolute path', 'a', { a: '/etc/passwd' }, false],
  ['through another link that is absolute', 'a', { a: 'b/passwd', b: '/etc' }, false],
  ['down and up again', 'a', { a: 'x/../b' }, true],
  // As text `b/..` is the top; as the kernel goes, `b` is the top and `..` is above it.
  ['up from where another link leads', 'a', { a: 'x/b/../c', 'x/b': '..' }, false],
  ['up from a deeper place, inside', 'a', { a: 'b/../c', b: 'x/y' }, true],
  ['a chain that ends outside', 'a', { a: 'b', b: 'c', c: 'x/../../d' }, false],
  ['a loop', 'a', { a: 'b', b: 'a' }, true],
  ['nothing there', 'a', { a: 'missing/file' }, true],
  ['an empty target', 'a', { a: '' }, true],
];
for (const [name, path, targets, inside] of cases)
  test(`a link to ${name} ${inside ? 'stays inside' : 'leads out'}`, () => {
    assert.equal(staysInside(path, links(targets)), inside);
  });

test('an escaping link is named with its target', () => {
  assert.throws(
    () => refuseEscapes(links({ ok: 'a', 'b\nc': '/etc' })),
    error => isPlatformError(error, 'UnsafeTree') && error.evidence[0] === '"b\\nc" → "/etc"',
  );
});

test('a submodule is refused with its path', () => {
  const listing = `160000 commit ${'1'.repeat(40)}       -\tlib/a\u0000100644 blob ${'2'.repeat(40)}      12\tb\tc\u0000`;
  assert.deepEqual(parseListing(listing)[1], {
    path: 'b\tc',
    mode: '100644',
    object: '2'.repeat(40),
    size: 12,
  });
  assert.throws(
    () => refuseSubmodules(parseListing(listing)),
    error => isPlatformError(error, 'UnsafeTree') && /submodule at "lib\/a"/.test(error.message),
  );
});
