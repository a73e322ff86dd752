import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCgiHead } from './cgi-head.ts';
import { parseGitRequest } from './git-request.ts';
import { tokenOf } from './token-of.ts';

const refusal = (method: string, url: string): number | undefined => {
  const parsed = parseGitRequest(method, url);
  return 'status' in parsed ? parsed.status : undefined;
};

test('the three requests of smart HTTP are known', () => {
  const id = { team: 'shop', service: 'api' };
  assert.deepEqual(parseGitRequest('GET', '/git/shop/api.git/info/refs?service=git-upload-pack'), {
    id,
    service: 'git-upload-pack',
    phase: 'advertise',
  });
  assert.deepEqual(parseGitRequest('POST', '/git/shop/api.git/git-receive-pack'), {
    id,
    service: 'git-receive-pack',
    phase: 'call',
  });
});

test('nothing else is, whatever the path tries', () => {
  const paths = [
    '/git/shop/../../etc/passwd.git/info/refs?service=git-upload-pack',
    '/git/../api.git/info/refs?service=git-upload-pack',
    '/git/shop/%2e%2e.git/info/refs?service=git-upload-pack',
    '/git/shop/..%2fapi.git/info/refs?service=git-upload-pack',
    '/git/.archive/shop.git/info/refs?service=git-upload-pack',
    '/git/shop/a/b.git/info/refs?service=git-upload-pack',
    '/git/shop/Api.git/info/refs?service=git-upload-pack',
    '/git/shop/-x.git/info/refs?service=git-upload-pack',
    '/git/__proto__/constructor.git/info/refs?service=git-upload-pack',
    '/git/shop/api.git/HEAD',
    '/git/shop/api.git/objects/info/packs',
    '/git/shop/api.git/config',
    '/git/shop/api.git/../../x.git/git-upload-pack',
    '/git/shop/api.git\0/info/refs',
    '/git/shop/api',
    '/git/',
    '',
  ];
  for (const path of paths) assert.equal(refusal('GET', path), 404, path);
  assert.equal(refusal('GET', '/git/shop/api.git/info/refs'), 403, 'the dumb protocol');
  assert.equal(refusal('GET', '/git/shop/api.git/info/refs?service=git-upload-archive'), 403);
  assert.equal(refusal('POST', '/git/shop/api.git/info/refs?service=git-upload-pack'), 405);
  assert.equal(refusal('GET', '/git/shop/api.git/git-upload-pack'), 405);
});

test('a token comes as a password or as a bearer token', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  assert.equal(tokenOf('Bearer abc'), 'abc');
  assert.equal(tokenOf(basic('ada:abc')), 'abc');
  assert.equal(tokenOf(basic('ada:a:b')), 'a:b');
  assert.equal(tokenOf(basic(':abc')), 'abc');
  for (const header of [undefined, '', 'Basic', basic('ada:'), basic('ada'), 'Digest abc', 'Bearer a b']) {
    assert.equal(tokenOf(header), undefined, String(header));
  }
});

test('the head of a CGI answer is read', () => {
  assert.deepEqual(parseCgiHead('Status: 404 Not Found\r\nExpires: Fri, 01 Jan 1980 00:00:00 GMT\r\n'), {
    status: 404,
    headers: { Expires: 'Fri, 01 Jan 1980 00:00:00 GMT' },
  });
  assert.equal(parseCgiHead('Content-Type: x\n').status, 200);
});
