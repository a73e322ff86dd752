import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bareServer, type Platform, type Ran, root, run, startPlatform, until } from './harness.ts';

interface Team {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly members: readonly object[] };
}

interface Shown {
  readonly status?: {
    readonly phase?: string;
    readonly mergeable?: { readonly ready: boolean };
    readonly merged?: { readonly by: string; readonly commit: string };
  };
}

describe('a change request, from the push to what serves', () => {
  let platform: Platform;
  let clone: string;
  let bob: Readonly<Record<string, string>>;

  before(async () => {
    platform = await startPlatform();
    const created = await platform.cli('create', 'service', 'orders', '--template', 'empty');
    assert.equal(created.code, 0, created.stderr);
    clone = await platform.clone('orders', { ...bareServer('first'), CODEOWNERS: '* @bob\n' });
    const pushed = await platform.git(clone, 'push', '-q', 'origin', 'main');
    assert.equal(pushed.code, 0, pushed.stderr);
    const { stdout } = await platform.cli('get', 'team', 'default', '-o', 'json');
    const { apiVersion, kind, metadata, spec } = JSON.parse(stdout) as Team;
    const token = randomBytes(32).toString('base64url');
    const applied = await ran(
      platform.env,
      ['apply', '-f', '-'],
      [
        {
          apiVersion,
          kind,
          metadata: { name: metadata.name },
          spec: { ...spec, members: [...spec.members, { user: 'bob', role: 'developer' }] },
        },
        {
          apiVersion,
          kind: 'AccessToken',
          metadata: { name: 'bob' },
          spec: {
            user: 'bob',
            sha256: createHash('sha256').update(token).digest('hex'),
            expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
          },
        },
      ],
    );
    assert.equal(applied.code, 0, applied.stderr);
    const server = `http://127.0.0.1:${platform.port}`;
    bob = { ...platform.env, CAUSEWAY_SERVER: server, CAUSEWAY_TOKEN: token };
  });
  after(() => platform?.down());

  const ran = (env: Readonly<Record<string, string>>, args: readonly string[], documents: object[] = []) =>
    run(join(root, 'platform'), args, {
      cwd: platform.folder,
      env,
      input: documents.map(one => JSON.stringify(one)).join('\n---\n'),
    });
  const asBob = (...args: readonly string[]): Promise<Ran> => ran(bob, ['--team', 'default', ...args]);
  const change = async (): Promise<Shown> => {
    const { code, stdout, stderr } = await platform.cli('change', 'describe', 'orders.1', '-o', 'json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Shown;
  };
  const pushBranch = async (text: string, ...options: string[]): Promise<Ran> => {
    await writeFile(join(clone, 'server.js'), bareServer(text)['server.js'] ?? '');
    await platform.git(clone, 'commit', '-q', '-a', '-m', `answer ${text}`);
    return platform.git(clone, 'push', ...options, 'origin', 'feature/better');
  };

  test('[CHG8] a push opens it, and tells the pusher what is in the way', async () => {
    await platform.git(clone, 'checkout', '-q', '-b', 'feature/better');
    const unknown = await pushBranch('second', '-o', 'change', '-o', 'change.titel=x');
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr, /There is no push option "change.titel". Did you mean change.title\?/);
    const { code, stderr } = await pushBranch('second', '-o', 'change', '-o', 'change.title=Answer better');
    assert.equal(code, 0, stderr);
    const said = stderr.replaceAll(/^remote: |\s+$/gm, '');
    assert.match(said, /orders: change request orders\.1 opened: Answer better/);
    assert.match(said, /feature\/better → main, \d commits?, 1 file \(\+1 −1\)/);
    assert.match(said, /… review {3}waits for the approval of bob \(server\.js\)/);
    assert.match(said, /next: platform change describe orders\.1/);
    const listed = await platform.cli('change', 'list');
    assert.match(listed.stdout, /orders\.1 +Answer better +feature\/better/);
    const { stdout } = await platform.cli('change', 'diff', 'orders#1');
    assert.match(stdout, /^\+.*second/m);
  });

  test('[CHG3] its author cannot approve it, and it cannot be merged before somebody does', async () => {
    const own = await platform.cli('change', 'approve', 'orders.1');
    assert.equal(own.code, 5, own.stdout);
    assert.match(own.stderr, /you had a hand in orders\.1: somebody else approves it/);
    const early = await platform.cli('change', 'merge', 'orders.1');
    assert.equal(early.code, 6);
    assert.match(early.stderr, /review waits for the approval of bob/);
  });

  test('[CHG5] approved and merged, it is released, and serves', async () => {
    const approved = await asBob('change', 'approve', 'orders.1', '--comment', 'well done');
    assert.equal(approved.code, 0, approved.stderr);
    await until('it may be merged', async () => (await change()).status?.mergeable?.ready);
    const merged = await asBob('change', 'merge', 'orders.1', '--method', 'squash');
    assert.equal(merged.code, 0, merged.stderr);
    assert.match(merged.stdout, /✔ orders\.1 merged: main is at [0-9a-f]{10}/);
    assert.match(merged.stdout, /^\s+http:\/\/orders\.localhost/m);
    assert.equal((await platform.visit('orders.localhost')).body, 'second');
    const { status } = await change();
    assert.deepEqual([status?.phase, status?.merged?.by], ['Merged', 'bob']);
    const { release } = await platform.status('orders');
    const build = JSON.parse((await platform.cli('get', 'build', release ?? '', '-o', 'json')).stdout) as {
      spec: { commit: string; requestedBy: string };
    };
    assert.deepEqual(build.spec.commit, status?.merged?.commit);
    assert.equal(build.spec.requestedBy, 'bob');
    const log = await platform.git(clone, 'fetch', '-q');
    assert.equal(log.code, 0, log.stderr);
    const { stdout } = await platform.git(clone, 'log', '-1', '--format=%an|%cn|%s', 'origin/main');
    assert.equal(stdout.trim(), 'Ada|bob|Answer better (orders.1)');
  });

  test('[DEL11] one that only asks for an environment restarts nothing, and whoever merges it is told', async () => {
    const { release } = await platform.status('orders');
    await platform.git(clone, 'checkout', '-q', '-b', 'feature/demo', 'origin/main');
    await mkdir(join(clone, 'platform'));
    await writeFile(
      join(clone, 'platform', 'demo.yaml'),
      JSON.stringify({
        apiVersion: 'causeway.dev/v1',
        kind: 'EnvironmentRequest',
        metadata: { name: 'demo' },
        spec: { services: [{ name: 'orders' }] },
      }),
    );
    await platform.git(clone, 'add', 'platform');
    await platform.git(clone, 'commit', '-q', '-m', 'ask for a demo');
    const pushed = await platform.git(clone, 'push', '-o', 'change', 'origin', 'feature/demo');
    assert.equal(pushed.code, 0, pushed.stderr);
    const approved = await asBob('change', 'approve', 'orders.2');
    assert.equal(approved.code, 0, approved.stderr);
    await until('it may be merged', async () => {
      const { stdout } = await platform.cli('change', 'describe', 'orders.2', '-o', 'json');
      return (JSON.parse(stdout) as Shown).status?.mergeable?.ready;
    });
    const merged = await asBob('change', 'merge', 'orders.2');
    assert.equal(merged.code, 0, merged.stderr);
    assert.match(
      merged.stderr + merged.stdout,
      new RegExp(`Nothing to build: only files of the platform differ; ${release} goes on`),
    );
    await until('the environment answers', async () => {
      const { body } = await platform.visit('orders.demo.default.localhost');
      return body === 'second';
    });
    assert.equal((await platform.status('orders')).release, release);
  });
});
