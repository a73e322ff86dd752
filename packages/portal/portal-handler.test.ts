import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createPortalHandler } from './index.ts';
import { portalFiles } from './portal-files.ts';

const folder = join(import.meta.dirname, 'static');
const sourceOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks with the path exactly as given: fetch would resolve `..` before sending it. */
const asker = async (t: TestContext) => {
  const handler = createPortalHandler();
  const server = createServer(async (asked, response) => {
    if (!(await handler(asked, response))) response.writeHead(599).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (path: string, { method = 'GET', headers = {} } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const port = (server.address() as AddressInfo).port;
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
};

const notOurs = 599;

test('the page and each of its files are served with their type', async t => {
  const ask = await asker(t);
  const typeOf: Record<string, RegExp> = {
    html: /^text\/html; charset=utf-8$/,
    css: /^text\/css/,
    js: /^text\/javascript/,
    svg: /^image\/svg/,
  };
  for (const [path, file] of Object.entries(portalFiles)) {
    const { status, headers, body } = await ask(path);
    assert.equal(status, 200, path);
    assert.match(String(headers['content-type']), typeOf[file.split('.')[1] ?? ''] ?? /never/);
    assert.equal(body.toString(), sourceOf(file));
  }
});

test('every answer forbids everything that the pages do not need', async t => {
  const ask = await asker(t);
  for (const path of Object.keys(portalFiles)) {
    const { headers } = await ask(path);
    const policy = String(headers['content-security-policy']).split('; ');
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.includes(rule), rule);
    assert.doesNotMatch(policy.join(), /unsafe|data:|https?:|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-frame-options'], 'DENY');
  }
});

test('an unchanged file is not sent twice, and HEAD sends none', async t => {
  const ask = await asker(t);
  const first = await ask('/');
  const etag = String(first.headers.etag);
  for (const known of [etag, `"other", ${etag}`, '*']) {
    const again = await ask('/', { headers: { 'if-none-match': known } });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
    assert.match(String(again.headers['content-security-policy']), /default-src 'none'/);
  }
  assert.equal((await ask('/', { headers: { 'if-none-match': 'W/"another"' } })).status, 200);
  const head = await ask('/portal/portal.css', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.headers['content-length'], String(Buffer.byteLength(sourceOf('portal.css'))));
  assert.equal(head.body.length, 0);
});

test('whatever is not on the list is somebody else’s', async t => {
  const ask = await asker(t);
  for (const path of [
    '/index.html',
    '/portal',
    '/portal/',
    '/portal/index.html',
    '/portal/../package.json',
    '/portal/..%2fpackage.json',
    '/portal/%2e%2e/package.json',
    '/portal//etc/passwd',
    '/portal/portal.js/',
    '/portal/portal%2ejs',
    '/portal/portal.css%00',
    '/portal/__proto__',
    '/__proto__',
    '/constructor',
    '//',
    '/.',
    '/apis',
    '/git/a/b.git',
  ])
    assert.equal((await ask(path)).status, notOurs, path);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])
    assert.equal((await ask('/', { method })).status, notOurs, method);
  assert.equal((await ask('/?from=anywhere')).status, 200);
});

test('all of it together is less than 70 kB on the way, compressed for those who take it', async t => {
  const ask = await asker(t);
  let sent = 0;
  for (const path of Object.keys(portalFiles)) {
    const { headers, body } = await ask(path, { headers: { 'accept-encoding': 'gzip, deflate, br' } });
    assert.equal(headers['content-encoding'], 'gzip');
    assert.match(String(headers.vary), /accept-encoding/);
    sent += body.length;
  }
  assert.ok(sent < 70_000, `${sent} bytes`);
  for (const refusal of ['identity', 'gzip;q=0', 'gzip; q=0.0, br'])
    assert.equal(
      (await ask('/', { headers: { 'accept-encoding': refusal } })).headers['content-encoding'],
      undefined,
    );
});

test('the list is all there is: every file is served, every import and every preload is on it', () => {
  const files = Object.values(portalFiles).toSorted();
  assert.deepEqual(files, readdirSync(folder).toSorted());
  const page = sourceOf('index.html');
  for (const file of files) {
    const source = sourceOf(file);
    if (file.endsWith('.js')) {
      assert.ok(page.includes(`"/portal/${file}"`), `index.html does not load ${file}`);
      for (const [, imported = ''] of source.matchAll(/^(?:import|export) .*from '(.+)';$/gm))
        assert.ok(files.includes(imported.replace('./', '')), `${file} imports ${imported}`);
    }
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/, file);
    assert.doesNotMatch(
      source.replace('http://www.w3.org/2000/svg', ''),
      /['"(]https?:\/\/\w/,
      `${file} names another host`,
    );
  }
});
