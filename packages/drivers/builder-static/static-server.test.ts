import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./static-server.mjs', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'causeway-static-'));
const site = join(base, 'site');
let server: ChildProcess;
let port = 0;

const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(site, path)), { recursive: true });
  writeFileSync(join(site, path), content);
};

/** Starts the server on a free port; resolves when it listens. */
const serve = async (...folders: string[]): Promise<[ChildProcess, number]> => {
  const child = spawn(process.execPath, [program, ...folders], {
    env: { PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return [child, Number(/:(\d+)\s*$/.exec(line.toString())?.[1])];
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The path goes out as it is, not normalised. */
const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => {
  const asked = request({ host: '127.0.0.1', port, path, method, headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
};

before(async () => {
  put('index.html', '<h1>home</h1>');
  put('style.css', 'body{}');
  put('numbers.txt', '0123456789');
  put('empty.txt', '');
  put('docs/index.html', 'docs');
  put('bare/file.bin', 'x');
  put('ümlaut & more.html', 'odd');
  put('.env', 'SECRET=1');
  put('.well-known/security.txt', 'contact');
  put('docs/.git/config', 'secret');
  put('404.html', 'lost');
  writeFileSync(join(base, 'outside.txt'), 'outside');
  symlinkSync('../outside.txt', join(site, 'escape.txt'));
  symlinkSync('..', join(site, 'up'));
  symlinkSync('numbers.txt', join(site, 'alias.txt'));
  symlinkSync('.env', join(site, 'env.txt'));
  [server, port] = await serve(join(base, 'nothing'), site);
});
after(() => {
  server.kill('SIGKILL');
  rmSync(base, { recursive: true });
});

test('files and folders, with their types', async () => {
  const home = await ask('/');
  assert.deepEqual([home.status, home.body], [200, '<h1>home</h1>']);
  assert.equal(home.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(home.headers['x-content-type-options'], 'nosniff');
  assert.equal((await ask('/style.css?v=2')).headers['content-type'], 'text/css; charset=utf-8');
  assert.equal((await ask('/bare/file.bin')).headers['content-type'], 'application/octet-stream');
  assert.equal((await ask('/docs/')).body, 'docs');
  assert.equal((await ask('/%C3%BCmlaut%20%26%20more.html')).body, 'odd');
  assert.equal((await ask('/alias.txt')).body, '0123456789');
  assert.equal((await ask('/.well-known/security.txt')).body, 'contact');
  assert.deepEqual([(await ask('/empty.txt')).status, (await ask('/empty.txt')).body], [200, '']);
});

test('a folder without its slash is redirected, on this site only', async () => {
  const answer = await ask('/docs?a=1');
  assert.deepEqual([answer.status, answer.headers.location], [301, '/docs/?a=1']);
  assert.equal((await ask('//docs')).headers.location, '/docs/');
  assert.equal((await ask('/bare/')).status, 404);
  assert.equal((await ask('/style.css/')).status, 404);
});

test('what is not there is 404 with the site’s own page', async () => {
  const answer = await ask('/nowhere');
  assert.deepEqual([answer.status, answer.body], [404, 'lost']);
});

for (const path of [
  '/../outside.txt',
  '/..%2foutside.txt',
  '/%2e%2e/outside.txt',
  '/docs/../../outside.txt',
  '/..%5coutside.txt',
  '/escape.txt',
  '/up/outside.txt',
  '/.env',
  '/%2eenv',
  '/env.txt',
  '/docs/.git/config',
  '/docs%2f.git%2fconfig',
  '/style.css%00.html',
  '/%',
  '/%ff',
  '//etc/passwd',
])
  test(`not served: ${path}`, async () => {
    const answer = await ask(path);
    assert.deepEqual([answer.status, answer.body], [404, 'lost']);
  });

test('HEAD tells the same without a body; other methods are refused', async () => {
  const head = await ask('/numbers.txt', {}, 'HEAD');
  assert.deepEqual([head.status, head.headers['content-length'], head.body], [200, '10', '']);
  const post = await ask('/', {}, 'POST');
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
});

test('an unchanged file is not sent again', async () => {
  const { headers } = await ask('/numbers.txt');
  const etag = headers.etag ?? '';
  for (const match of [etag, `"x", W/${etag}`, '*']) {
    const again = await ask('/numbers.txt', { 'if-none-match': match });
    assert.deepEqual([again.status, again.body, again.headers.etag], [304, '', etag]);
  }
  assert.equal((await ask('/numbers.txt', { 'if-none-match': '"x"' })).status, 200);
  assert.equal(
    (await ask('/numbers.txt', { 'if-modified-since': headers['last-modified'] ?? '' })).status,
    304,
  );
});

test('ranges (RFC 9110, 14)', async () => {
  const { headers } = await ask('/numbers.txt');
  const range = async (value: string, more: Record<string, string> = {}) => {
    const answer = await ask('/numbers.txt', { range: value, ...more });
    return [answer.status, answer.body, answer.headers['content-range']];
  };
  assert.deepEqual(await range('bytes=2-4'), [206, '234', 'bytes 2-4/10']);
  assert.deepEqual(await range('bytes=7-'), [206, '789', 'bytes 7-9/10']);
  assert.deepEqual(await range('bytes=-3'), [206, '789', 'bytes 7-9/10']);
  assert.deepEqual(await range('bytes=5-99'), [206, '56789', 'bytes 5-9/10']);
  assert.deepEqual(await range('bytes=10-'), [416, 'Range Not Satisfiable\n', 'bytes */10']);
  assert.deepEqual(await range('bytes=-0'), [416, 'Range Not Satisfiable\n', 'bytes */10']);
  assert.deepEqual(await range('bytes=4-2'), [200, '0123456789', undefined]);
  assert.deepEqual(await range('lines=1-2'), [200, '0123456789', undefined]);
  assert.deepEqual(await range('bytes=0-1', { 'if-range': headers.etag ?? '' }), [206, '01', 'bytes 0-1/10']);
  assert.deepEqual(await range('bytes=0-1', { 'if-range': '"old"' }), [200, '0123456789', undefined]);
});

test('SIGTERM lets a running answer end', async () => {
  put('large.bin', 'x'.repeat(32 * 1024 ** 2));
  const [child, itsPort] = await serve(site);
  const socket = connect(itsPort, '127.0.0.1');
  socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await once(socket, 'readable');
  child.kill('SIGTERM');
  let bytes = 0;
  for await (const chunk of socket) bytes += (chunk as Buffer).length;
  assert.ok(bytes > 32 * 1024 ** 2);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(code, 0);
});

test('without an index.html anywhere it says where it looked', async () => {
  const child = spawn(process.execPath, [program, join(base, 'a'), join(base, 'b')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 1);
  assert.match(said, /^No index\.html in .*\/a, .*\/b\./);
});
