import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PlatformError } from '@causeway/model';
import { until } from '@causeway/testkit/until';
import type { AcceptedPush, PushProposal } from '../ports.ts';
import { judgePush } from '../rules/judge-push.ts';
import { clientEnvironment, git, gitOk, leftovers, startGitHost } from '../testing/git-host.ts';

const commit = async (clone: string, name: string, content = name): Promise<string> => {
  writeFileSync(join(clone, name), content);
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', name);
  return gitOk(clone, 'rev-parse', 'HEAD');
};

/** Hears of every push, judged and accepted. */
const recorder = () => {
  const proposed: Omit<PushProposal, 'tree'>[] = [];
  const accepted: AcceptedPush[] = [];
  return {
    proposed,
    accepted,
    judge: async ({ tree, ...push }: PushProposal) => {
      proposed.push(push);
      return judgePush({ ...push, tree }, { fileBytes: 1024 * 1024, releaseBranch: 'main' });
    },
    report: async function* (push: AcceptedPush) {
      accepted.push(push);
      yield 'Recorded.';
    },
  };
};

test('clone, push, pull, tag, force, delete: git does as it always does', async t => {
  const heard = recorder();
  const host = await startGitHost(t, heard);
  const clone = await host.clone();
  const first = await gitOk(clone, 'rev-parse', 'HEAD');
  assert.match(await gitOk(clone, 'push', 'origin', 'main'), /^remote: Recorded\. *$/m);
  const second = await commit(clone, 'a.txt');
  await gitOk(clone, 'push', '-q', 'origin', 'main');

  const other = await host.clone('other');
  assert.equal(await gitOk(other, 'rev-parse', 'HEAD'), second);
  const third = await commit(other, 'b.txt');
  await gitOk(other, 'push', 'origin', 'main', 'main:refs/heads/dev');
  await gitOk(clone, 'pull', '-q', '--ff-only');
  assert.equal(await gitOk(clone, 'rev-parse', 'HEAD'), third);

  await gitOk(clone, 'tag', '-a', '-m', 'one', 'v1');
  await gitOk(clone, 'push', 'origin', 'v1');
  await gitOk(clone, 'push', '-f', 'origin', 'HEAD~1:main');
  await gitOk(clone, 'push', 'origin', ':dev');

  assert.deepEqual(
    heard.accepted.map(({ user, updates }) => [
      user,
      ...updates.map(update => `${update.kind} ${update.ref}`),
    ]),
    [
      ['ada', 'create refs/heads/main'],
      ['ada', 'update refs/heads/main'],
      ['ada', 'update refs/heads/main', 'create refs/heads/dev'],
      ['ada', 'create refs/tags/v1'],
      ['ada', 'force refs/heads/main'],
      ['ada', 'delete refs/heads/dev'],
    ],
  );
  assert.deepEqual(
    (await host.repositories.pushes(host.id, 'main', 0)).map(push => push.commit),
    [first, second, third, second],
  );
  assert.equal(
    (await host.repositories.pushes(host.id, 'dev', 0)).length,
    1,
    'a deleted branch keeps its past',
  );
  assert.equal(await host.repositories.resolve(host.id, 'v1'), third);
});

test('pushing what is there already asks nobody', async t => {
  const heard = recorder();
  const host = await startGitHost(t, heard);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  assert.match((await git(clone, 'push', 'origin', 'main')).text, /Everything up-to-date/);
  assert.equal(heard.proposed.length, 1);
});

test('a refusal is told in words, and nothing of the push stays', async t => {
  const host = await startGitHost(t, {
    judge: async () => ({
      accept: false,
      lines: ['The freeze lasts until Monday.\nNext: ask \x1b[2Jola.\t;$(x)', ''],
    }),
  });
  const clone = await host.clone();
  const outcome = await git(clone, 'push', 'origin', 'main');
  assert.equal(outcome.status, 1);
  assert.match(outcome.text, /^remote: The freeze lasts until Monday\. *$/m);
  assert.match(outcome.text, /^remote: Next: ask \ufffd\[2Jola\. {4};\$\(x\) *$/m);
  assert.match(outcome.text, /\[remote rejected\] main -> main \(pre-receive hook declined\)/);
  assert.equal(await host.repositories.resolve(host.id, 'main'), undefined);
  assert.deepEqual(leftovers(host.bare), []);
  assert.deepEqual(readdirSync(join(host.bare, 'objects', 'pack')), []);
});

test('a judge that fails refuses, with its error', async t => {
  const host = await startGitHost(t, {
    judge: async () => {
      throw new PlatformError('Unavailable', 'The policy cannot be read.', {
        evidence: ['disk full'],
        next: 'Wait.',
      });
    },
  });
  const { status, text } = await git(await host.clone(), 'push', 'origin', 'main');
  assert.equal(status, 1);
  assert.match(text, /remote: The policy cannot be read\. *\nremote: disk full *\nremote: Next: Wait\./);
});

test('a report that fails leaves the push recorded, and says so', async t => {
  const host = await startGitHost(t, {
    report: async function* () {
      yield 'Building.';
      throw new Error('broken');
    },
  });
  const { status, text } = await git(await host.clone(), 'push', 'origin', 'main');
  assert.equal(status, 0);
  assert.match(text, /remote: Building\. *\nremote: Your push is recorded, but .*\nremote: broken/);
});

test('lines of the report arrive while it goes on', async t => {
  const { promise: seen, resolve: see } = Promise.withResolvers<void>();
  const host = await startGitHost(t, {
    report: async function* () {
      yield 'Building.';
      await seen;
      yield 'Serving.';
    },
  });
  const clone = await host.clone();
  const child = spawn('git', ['push', 'origin', 'main'], { cwd: clone, env: clientEnvironment });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    // The second line only comes once the pusher has read the first.
    if (text.includes('Building.')) see();
  });
  const [status] = await new Promise<[number | null]>(resolve =>
    child.once('close', code => resolve([code])),
  );
  assert.equal(status, 0);
  assert.match(text, /remote: Building\. *\nremote: Serving\. */);
});

test('push options arrive; no-wait shows one line and returns', async t => {
  const options: (readonly string[])[] = [];
  const host = await startGitHost(t, {
    report: async function* (push) {
      options.push(push.options);
      yield 'Recorded.';
      if (push.options.includes('no-wait')) await new Promise(() => {});
      yield 'Serving.';
    },
  });
  const clone = await host.clone();
  const outcome = await git(clone, 'push', '-o', 'no-wait', '-o', 'a=$(x);"b" c', 'origin', 'main');
  assert.equal(outcome.status, 0, outcome.text);
  assert.match(outcome.text, /Recorded/);
  assert.doesNotMatch(outcome.text, /Serving/);
  assert.deepEqual(options, [['no-wait', 'a=$(x);"b" c']]);
  await commit(clone, 'a');
  const many = Array.from({ length: 9 }, (_, index) => ['-o', `${index}`]).flat();
  assert.match((await git(clone, 'push', ...many, 'origin', 'main')).text, /At most 8 push options/);
});

test('a pusher who goes ends the report; the push stays', async t => {
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  const host = await startGitHost(t, {
    report: async function* (_push, signal) {
      signal.addEventListener('abort', () => abort());
      yield 'Building.';
      await aborted;
    },
  });
  const clone = await host.clone();
  const child = spawn('git', ['push', 'origin', 'main'], {
    cwd: clone,
    env: clientEnvironment,
    detached: true,
  });
  child.stderr.on('data', (chunk: Buffer) => {
    // Ctrl-C reaches the whole group.
    if (chunk.includes('Building.')) process.kill(-child.pid!, 'SIGINT');
  });
  await aborted;
  await host.settled();
  assert.equal(await host.repositories.resolve(host.id, 'main'), await gitOk(clone, 'rev-parse', 'HEAD'));
});

test('a pusher who goes before the verdict has pushed nothing', async t => {
  const { promise: judging, resolve: judge } = Promise.withResolvers<void>();
  const { promise: verdict, resolve: decide } = Promise.withResolvers<{ accept: boolean; lines: string[] }>();
  const host = await startGitHost(t, {
    judge: () => {
      judge();
      return verdict;
    },
  });
  const clone = await host.clone();
  const child = spawn('git', ['push', 'origin', 'main'], {
    cwd: clone,
    env: clientEnvironment,
    detached: true,
  });
  await judging;
  process.kill(-child.pid!, 'SIGINT');
  await until('the quarantine is gone', () => leftovers(host.bare).length === 0);
  decide({ accept: true, lines: [] });
  await host.settled();
  assert.equal(await host.repositories.resolve(host.id, 'main'), undefined);
});

test('of concurrent pushes each is accepted or told to fetch first, and the log tells the same', async t => {
  const host = await startGitHost(t);
  const seed = await host.clone('seed');
  await gitOk(seed, 'push', '-q', 'origin', 'main');
  const base = await gitOk(seed, 'rev-parse', 'HEAD');
  const clones = await Promise.all(Array.from({ length: 8 }, (_, index) => host.clone(`clone${index}`)));
  const commits = await Promise.all(clones.map((clone, index) => commit(clone, `file${index}`)));
  const outcomes = await Promise.all(clones.map(clone => git(clone, 'push', 'origin', 'main')));
  const pushes = await host.repositories.pushes(host.id, 'main', 1);
  const won = commits.filter((_, index) => outcomes[index]?.status === 0);
  assert.deepEqual(pushes.map(push => push.commit).sort(), won.sort());
  assert.ok(won.length >= 1);
  for (const { status, text } of outcomes) {
    if (status !== 0)
      assert.match(text, /fetch first|failed to update ref|cannot lock ref|incorrect old value/, text);
  }
  for (const [index, push] of pushes.entries())
    assert.equal(push.before, index === 0 ? base : pushes[index - 1]?.commit);
  const loser = clones.find((_, index) => outcomes[index]?.status !== 0);
  if (loser === undefined) return;
  await gitOk(loser, 'pull', '-q', '--rebase', 'origin', 'main');
  await gitOk(loser, 'push', '-q', 'origin', 'main');
});

test('a large push comes in pieces', async t => {
  const host = await startGitHost(t, { judge: async () => ({ accept: true, lines: [] }) });
  const clone = await host.clone();
  const head = await commit(clone, 'data', randomBytes(3 * 1024 * 1024).toString('latin1'));
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const posts = host.requests.filter(
    request => request.method === 'POST' && request.url?.endsWith('git-receive-pack'),
  );
  assert.equal(posts.at(-1)?.headers['transfer-encoding'], 'chunked');
  assert.equal(await host.repositories.resolve(host.id, 'main'), head);
});

test('a push of 100 MB is refused in words and leaves nothing', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'config', 'core.compression', '0');
  writeFileSync(join(clone, 'data'), randomBytes(100 * 1024 * 1024));
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'data');
  const { status, text } = await git(clone, 'push', 'origin', 'main');
  assert.equal(status, 1, text);
  assert.match(text, /remote: This push is larger than 64 MiB.*Nothing of it was kept/);
  assert.match(text, /remote: Next: remove large files/);
  await host.settled();
  assert.deepEqual(leftovers(host.bare), []);
  assert.deepEqual(readdirSync(join(host.bare, 'objects', 'pack')), []);
  assert.equal(await host.repositories.resolve(host.id, 'main'), undefined);
});

test('a broken object is refused in words', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  const bad = await gitOk(clone, 'hash-object', '-t', 'blob', '-w', '/dev/null');
  const inner = join(clone, 'inner');
  writeFileSync(inner, `100644 blob ${bad}\ta\n`);
  const hidden = await new Promise<string>(resolve => {
    const child = spawn('git', ['mktree'], { cwd: clone, env: clientEnvironment });
    child.stdin.end(`100644 blob ${bad}\t.git\n`);
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  const evil = await gitOk(clone, 'commit-tree', hidden, '-m', 'evil');
  const { status, text } = await git(clone, 'push', 'origin', `${evil}:refs/heads/main`);
  assert.equal(status, 1);
  assert.match(text, /remote: git refused what it received.*\nremote: Next: run git fsck/);
  assert.deepEqual(leftovers(host.bare), []);
});

test('the lock of a process that was killed does not stop pushes for ever', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  const lock = join(host.bare, 'refs', 'heads', 'main.lock');
  writeFileSync(lock, '');
  const held = await git(clone, 'push', 'origin', 'main');
  assert.equal(held.status, 1, 'a lock that may be alive is honoured');
  utimesSync(lock, new Date(0), new Date(0));
  await gitOk(clone, 'push', '-q', 'origin', 'main');
});

test('a hook that somebody removed does not let pushes through', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  rmSync(join(host.folder, 'repositories', '.hooks'), { recursive: true });
  assert.notEqual((await git(clone, 'push', 'origin', 'main')).status, 0);
  assert.equal(await host.repositories.resolve(host.id, 'main'), undefined);
});

test('packs do not pile up, and nothing is dropped with them', async t => {
  const host = await startGitHost(t);
  const packs = (): number =>
    readdirSync(join(host.bare, 'objects', 'pack')).filter(name => name.endsWith('.pack')).length;
  const branches = Array.from({ length: 24 }, (_, index) => `branch-${index}`);
  for (const branch of branches) {
    const files = new Map([[branch, { content: Buffer.from(branch), executable: false }]]);
    await host.repositories.ensure(host.id, branch, { files, by: 'ada', message: branch });
  }
  await host.repositories.ensure(host.id, 'main');
  assert.equal(packs(), 24);
  const lost = await host.repositories.resolve(host.id, 'branch-0');
  await gitOk(host.bare, 'update-ref', '-d', 'refs/heads/branch-0');
  const clone = await host.clone();
  await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', 'x');
  await gitOk(clone, 'push', '-q', 'origin', 'HEAD:main');
  await host.settled();
  assert.ok(packs() < 10, `${packs()} packs`);
  await gitOk(host.bare, 'fsck');
  assert.equal(
    await gitOk(host.bare, 'cat-file', '-t', lost ?? ''),
    'commit',
    'what no reference reaches stays',
  );
});
