import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { git, gitOk, startGitHost } from '../testing/git-host.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A raw request: paths are sent as they are. */
const ask = (
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = { authorization: 'Bearer ada' }, body, agent } = options;
    const sent = request(
      { port, host: '127.0.0.1', path, method, headers, ...(agent && { agent }) },
      response => {
        let text = '';
        response.setEncoding('latin1').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });

const pushType = { 'content-type': 'application/x-git-receive-pack-request' };
const refs = '/git/shop/api.git/info/refs?service=git-receive-pack';
const receive = '/git/shop/api.git/git-receive-pack';

test('without a token one is asked to sign in', async t => {
  const { port } = await startGitHost(t);
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Basic !!' },
    { authorization: '' },
  ]) {
    const answer = await ask(port, refs, { headers: headers as Record<string, string> });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['www-authenticate'], 'Basic realm="Causeway", charset="UTF-8"');
    assert.match(answer.body, /platform login/);
  }
  const post = await ask(port, receive, { method: 'POST', headers: pushType, body: '0000' });
  assert.equal(post.status, 401);
  assert.equal(post.headers.connection, 'close', 'a body nobody reads is not waited for');
});

test('a person without rights learns nothing, a reader learns why', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const stranger = await ask(host.port, refs, { headers: { authorization: 'Bearer stranger' } });
  const nowhere = await ask(host.port, refs.replace('api', 'none'));
  assert.deepEqual([stranger.status, nowhere.status], [404, 404]);
  assert.equal(stranger.body.replace('api', 'none').replace('service api', 'service none'), nowhere.body);
  const reader = await git(clone, 'push', '-f', host.url('reader'), 'main:dev');
  assert.match(reader.text, /remote: reader may read shop\/api but not push to it/);
  await gitOk(host.folder, 'clone', '-q', host.url('reader'), 'reading');
  assert.notEqual((await git(host.folder, 'clone', '-q', host.url('wrong'), 'wrong')).status, 0);
});

test('rights are asked for each request', async t => {
  const host = await startGitHost(t);
  const body = '0000';
  const reader = { authorization: 'Bearer reader', ...pushType };
  assert.equal((await ask(host.port, receive, { method: 'POST', headers: reader, body })).status, 403);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  // What was prepared for one user on a connection is not given to another.
  assert.equal((await ask(host.port, refs, { agent })).status, 200);
  const bob = { authorization: 'Bearer bob', ...pushType };
  assert.equal((await ask(host.port, receive, { method: 'POST', headers: bob, body, agent })).status, 200);
});

test('paths lead nowhere else', async t => {
  const host = await startGitHost(t);
  const paths = [
    '/git/shop/../shop/api.git/HEAD',
    '/git/shop/api.git/../api.git/HEAD',
    '/git/..%2f/api.git/HEAD',
    '/git//etc.git/info/refs',
  ];
  for (const path of paths) assert.equal((await ask(host.port, path)).status, 404, path);
  assert.equal((await ask(host.port, '/git/shop/api.git/info/refs')).status, 403);
  for (const file of ['HEAD', 'config', 'objects/info/packs', 'logs/HEAD', 'git-upload-archive']) {
    assert.equal((await ask(host.port, `/git/shop/api.git/${file}`)).status, 404, file);
  }
});

test('a body of another type is not taken: a web page cannot make a browser push', async t => {
  const host = await startGitHost(t);
  const headers = { authorization: 'Bearer ada', 'content-type': 'text/plain' };
  assert.equal((await ask(host.port, receive, { method: 'POST', headers, body: '0000' })).status, 415);
});

test('a client that asks before it sends is told to go on', async t => {
  const host = await startGitHost(t);
  const headers = { authorization: 'Bearer ada', ...pushType, expect: '100-continue', 'content-length': '4' };
  assert.equal((await ask(host.port, receive, { method: 'POST', headers, body: '0000' })).status, 200);
});

test('the advertisement is what git itself would say', async t => {
  const host = await startGitHost(t);
  const own = (): Promise<Answer> => ask(host.port, refs);
  // Version 1 is answered by git; it differs by one line.
  const gits = (): Promise<Answer> =>
    ask(host.port, refs, { headers: { authorization: 'Bearer ada', 'git-protocol': 'version=1' } });
  const same = async (): Promise<void> => {
    const [ours, theirs] = [await own(), await gits()];
    assert.equal(ours.body, theirs.body.replace('000eversion 1\n', ''));
    assert.equal(ours.headers['content-type'], theirs.headers['content-type']);
    assert.equal(ours.headers['cache-control'], theirs.headers['cache-control']);
  };
  await same();
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main', 'main:refs/heads/a/b');
  await gitOk(clone, 'tag', '-a', '-m', 'x', 'v1');
  await gitOk(clone, 'push', '-q', 'origin', 'v1', 'main:refs/tags/light');
  await same();
  await gitOk(host.bare, 'pack-refs', '--all');
  await gitOk(clone, 'push', '-q', 'origin', ':a/b', 'main:refs/heads/c');
  await gitOk(host.bare, 'update-ref', 'refs/causeway/hidden', 'refs/heads/main');
  await same();
  await gitOk(host.bare, 'symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
  await same();
});

test('a shallow clone and a large negotiation work', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const other = await host.clone('other');
  for (let index = 0; index < 60; index++)
    await gitOk(other, 'commit', '-q', '--allow-empty', '-m', `${index}`);
  // Without it git would offer the common commit first, and be through in one round.
  await gitOk(other, 'update-ref', '-d', 'refs/remotes/origin/main');
  await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', 'new');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  await gitOk(other, 'fetch', '-q');
  assert.ok(
    host.requests.some(request => request.headers['content-encoding'] === 'gzip'),
    'git sends what it has compressed',
  );
  assert.ok(host.requests.some(request => request.headers['git-protocol'] === 'version=2'));
  await gitOk(host.folder, 'clone', '-q', '--depth', '1', host.url(), 'shallow');
  const shallow = join(host.folder, 'shallow');
  assert.equal(await gitOk(shallow, 'rev-list', '--count', 'HEAD'), '1');
  await gitOk(shallow, 'commit', '-q', '--allow-empty', '-m', 'from shallow');
  await gitOk(shallow, 'push', '-q', 'origin', 'main');
  assert.equal((await host.repositories.commits(host.id, undefined, 'main', 10)).length, 3);
});
