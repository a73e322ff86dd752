import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { gitOk, startGitHost, temporaryFolder } from '../testing/git-host.ts';
import { createRemotes } from './create-remotes.ts';
import { checkedUrl, credentialFor } from './remote-url.ts';

const id = { team: 'shop', service: 'elsewhere' };
const signal = new AbortController().signal;

const commit = async (clone: string, path: string, text: string): Promise<string> => {
  await mkdir(join(clone, 'platform'), { recursive: true });
  await writeFile(join(clone, path), text);
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'a change');
  return gitOk(clone, 'rev-parse', 'HEAD');
};

test('[SRC10] a repository elsewhere is fetched again and again, with a credential that only it sees', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  const first = await commit(clone, 'platform/a.yaml', 'kind: A\n');
  await gitOk(clone, 'push', '-q', 'origin', 'HEAD:main');
  const url = `http://127.0.0.1:${host.port}/git/shop/api.git`;
  const remotes = createRemotes({
    folder: temporaryFolder(t),
    protocols: ['http'],
    credentials: [
      {
        url: `http://127.0.0.1:${host.port}/git/shop`,
        username: 'x',
        password: async () => 'reader',
        allows: () => true,
      },
    ],
  });
  assert.equal(await remotes.fetch(id, url, 'main', signal), first);
  const entries = await remotes.folder(id, first, 'platform', () => true);
  assert.deepEqual(entries, [{ path: 'platform/a.yaml', type: 'file', size: 8, text: 'kind: A\n' }]);
  assert.deepEqual(await remotes.folder(id, first, 'nothing', () => true), []);

  const second = await commit(clone, 'platform/a.yaml', 'kind: B\n');
  await gitOk(clone, 'push', '-q', 'origin', 'HEAD:main');
  assert.equal(await remotes.fetch(id, url, 'main', signal), second);
  await remotes.forget(id);
  assert.equal(await remotes.fetch(id, url, 'main', signal), second);

  await assert.rejects(remotes.fetch(id, url, 'other', signal), error => {
    assert.ok(isPlatformError(error, 'Unavailable'));
    assert.match(error.message, /^It cannot be fetched: couldn't find remote ref/);
    return true;
  });
});

test('[SRC10] a stranger is told so in words that hold no secret', async t => {
  const host = await startGitHost(t);
  const remotes = createRemotes({
    folder: temporaryFolder(t),
    protocols: ['http'],
    credentials: [
      {
        url: `http://127.0.0.1:${host.port}`,
        username: 'x',
        password: async () => 'wrong',
        allows: () => true,
      },
    ],
  });
  await assert.rejects(
    remotes.fetch(id, `http://127.0.0.1:${host.port}/git/shop/api.git`, 'main', signal),
    error => {
      assert.ok(isPlatformError(error, 'Unavailable'));
      const secret = Buffer.from('x:wrong').toString('base64');
      assert.ok(!JSON.stringify([error.message, error.next, error.evidence]).includes(secret));
      assert.match(error.next, /sources\.credentials/);
      return true;
    },
  );
});

test('[SRC10] what is too large, or takes too long, is broken off', async t => {
  const folder = temporaryFolder(t);
  const origin = join(folder, 'origin');
  await gitOk(folder, 'init', '-q', origin);
  await writeFile(join(origin, 'large'), randomBytes(4 * 1024 * 1024));
  await gitOk(origin, 'add', '-A');
  await gitOk(origin, 'commit', '-q', '-m', 'large');
  const remotes = (limits: { bytes: number; milliseconds: number }) =>
    createRemotes({ folder: join(folder, 'copies'), protocols: ['file'], credentials: [], limits });
  await assert.rejects(
    remotes({ bytes: 1024 ** 3, milliseconds: 1 }).fetch(id, `file://${encodeURI(origin)}`, 'main', signal),
    /It was not fetched within 0\.001 s\./,
  );
  await assert.rejects(
    remotes({ bytes: 1024 ** 2, milliseconds: 60_000 }).fetch(
      id,
      `file://${encodeURI(origin)}`,
      'main',
      signal,
    ),
    { code: 'TooLarge' },
  );
  const aborted = AbortSignal.timeout(1);
  await assert.rejects(
    remotes({ bytes: 1024 ** 3, milliseconds: 60_000 }).fetch(
      id,
      `file://${encodeURI(origin)}`,
      'main',
      aborted,
    ),
    /The fetch was broken off\./,
  );
});

test('[SRC10] only addresses that are allowed, and none with a secret in it', () => {
  const refused = (url: string) => {
    assert.throws(() => checkedUrl(url, ['https', 'ssh']), { code: 'Invalid' }, url);
  };
  for (const url of [
    'file:///etc',
    'http://example.com/a.git',
    'ext::sh -c id',
    'https://user:secret@example.com/a.git',
    'https://token@example.com/a.git',
    'ssh://-oProxyCommand=id/a.git',
    'ssh://-l@example.com/a.git',
    '--upload-pack=id',
    'https://example.com/%zz.git',
    'https://example.com/%1b[2J.git',
    'not a url',
    '',
  ])
    refused(url);
  assert.equal(checkedUrl('ssh://git@example.com/a.git', ['ssh']).hostname, 'example.com');
  const credentials = ['https://example.com/acme', 'https://example.com/acme/deep/'].map(url => ({
    url,
    username: url,
    password: async () => '',
    allows: (team: string) => team === 'shop',
  }));
  const found = (url: string) => credentialFor('shop', new URL(url), credentials)?.url;
  assert.equal(credentialFor('other', new URL('https://example.com/acme/a.git'), credentials), undefined);
  assert.equal(found('https://example.com/acme/a.git'), 'https://example.com/acme');
  assert.equal(found('https://example.com/acme/deep/a.git'), 'https://example.com/acme/deep/');
  assert.equal(found('https://example.com/acme-other/a.git'), undefined);
  assert.equal(found('http://example.com/acme/a.git'), undefined);
});
