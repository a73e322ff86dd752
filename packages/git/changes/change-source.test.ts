import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WantedMerge } from '@causeway/contracts';
import { isPlatformError, type PlatformError } from '@causeway/model';
import type { Judge } from '../ports.ts';
import { git, gitOk, startGitHost } from '../testing/git-host.ts';
import { createChangeSource } from './create-change-source.ts';

const accept: Judge = async () => ({ accept: true, lines: [] });

const setUp = async (t: { after(fn: () => unknown): void }, judge: Judge = accept) => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  const write = (path: string, content: string | Buffer): void => writeFileSync(join(clone, path), content);
  const commit = async (message: string): Promise<string> => {
    await gitOk(clone, 'add', '-A');
    await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', message);
    return gitOk(clone, 'rev-parse', 'HEAD');
  };
  write('a', 'one\ntwo\nthree\n');
  write('moved', 'a file that is moved\n'.repeat(10));
  await commit('base');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  await gitOk(clone, 'checkout', '-q', '-b', 'feature');
  const changes = createChangeSource({
    folder: join(host.folder, 'repositories'),
    judge,
    now: () => new Date('2026-01-02T03:04:05Z'),
  });
  const tips = async () => {
    const branches = await changes.branches(host.id);
    return { main: branches.get('main') ?? '', feature: branches.get('feature') ?? '' };
  };
  const merge = async (given: WantedMerge): Promise<string> => {
    const { id, stored } = await changes.merge(host.id, given);
    await stored;
    return id;
  };
  const wanted = async (method: WantedMerge['method'], by = 'bob'): Promise<WantedMerge> => {
    const { main, feature } = await tips();
    return { method, target: main, head: feature, by, message: 'Feature (#1)' };
  };
  return { ...host, clone, write, commit, changes, tips, merge, wanted };
};

const textOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString('utf8');
};

test('[CHG1] two branches side by side: commits, files with their lines, and what they have in common', async t => {
  const { clone, write, commit, changes, id, tips } = await setUp(t);
  write('a', 'one\n2\nthree\n');
  write('a "b" ü;$(x)', 'new\n');
  write('picture', Buffer.from([0, 1, 2, 255]));
  await gitOk(clone, 'mv', 'moved', 'elsewhere');
  await commit('change');
  await commit('empty');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  await gitOk(clone, 'checkout', '-q', 'main');
  await commit('meanwhile');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const { main, feature } = await tips();
  const compared = await changes.compare(id, main, feature);
  assert.deepEqual(
    { ...compared, base: compared.base?.length },
    {
      base: 40,
      ahead: 2,
      behind: 1,
      conflicts: [],
      files: [
        { path: 'a', added: 1, removed: 1 },
        { path: 'a "b" ü;$(x)', added: 1, removed: 0 },
        { path: 'elsewhere', added: 0, removed: 0 },
        { path: 'picture', added: 0, removed: 0 },
      ],
    },
  );
  const diff = await textOf(changes.diff(id, compared.base ?? '', feature, 1_000_000));
  assert.match(diff, /^-two\n\+2$/m);
  assert.match(diff, /^rename from moved$/m);
  assert.match(diff, /Binary files/);
  assert.match(
    await textOf(changes.diff(id, compared.base ?? '', feature, 100)),
    /^.{100}\n\\ The diff goes on: only its first 100 bytes are shown\.\n$/s,
  );
  assert.deepEqual((await changes.compare(id, feature, compared.base ?? '')).ahead, 0);
});

test('branches of which a commit has everything are told by name', async t => {
  const { clone, write, commit, changes, id, tips } = await setUp(t);
  const { main } = await tips();
  write('b', 'of the feature\n');
  await commit('feature');
  await gitOk(clone, 'push', '-q', 'origin', 'HEAD:feature', `${main}:refs/heads/behind/it`);
  const { feature } = await tips();
  assert.deepEqual([...(await changes.mergedInto(id, main))].sort(), ['behind/it', 'main']);
  assert.deepEqual([...(await changes.mergedInto(id, feature))].sort(), ['behind/it', 'feature', 'main']);
  await assert.rejects(changes.mergedInto(id, '--contains'), /is not a full commit id/);
});

test('a repository that is not there has no branches, and what is no commit reaches no git', async t => {
  const { changes, tips, id } = await setUp(t);
  assert.deepEqual([...(await changes.branches({ team: 'shop', service: 'none' }))], []);
  const { main } = await tips();
  for (const bad of ['--help', 'main', '', `${main} `, '-'.repeat(40)])
    await assert.rejects(
      async () => changes.compare(id, main, bad),
      error => isPlatformError(error, 'BadRequest'),
    );
});

test('[CHG5] each way to merge keeps who wrote it, and records who merged as who pushed', async t => {
  const { clone, write, commit, changes, id, bare, merge, wanted, tips, repositories } = await setUp(t);
  write('b', '1\n');
  await commit('first');
  write('b', '2\n');
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'second', '--author', 'Eve <eve@example.com>');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  const show = (revision: string) => gitOk(bare, 'show', '-s', '--format=%an <%ae>|%cn|%P|%ct|%B', revision);

  const forward = await wanted('fast-forward');
  assert.equal(await merge(forward), forward.head);

  const squash = await merge(await wanted('squash', 'bob@example.com'));
  const [author, committer, parents, seconds, message] = (await show(squash)).split('|');
  assert.deepEqual(
    [author, committer, parents, seconds],
    ['Ada <ada@example.com>', 'bob@example.com', forward.target, '1767323045'],
  );
  assert.equal(message?.trim(), 'Feature (#1)\n\nCo-authored-by: Eve <eve@example.com>');
  assert.equal(await gitOk(bare, 'show', `${squash}:b`), '2');

  const merged = await merge(await wanted('merge'));
  assert.match(await show(merged), new RegExp(`^bob <.*>\\|bob\\|${forward.target} ${forward.head}\\|`));
  assert.deepEqual((await tips()).main, forward.target, 'nothing has moved yet');

  const before = await repositories.pushes(id, 'main', 0);
  const moved = await changes.move(id, {
    branch: 'main',
    from: forward.target,
    to: squash,
    by: 'bob@example.com',
  });
  assert.deepEqual(moved, { moved: true, lines: [] });
  const [push, ...more] = await repositories.pushes(id, 'main', before.at(-1)?.entry ?? 0);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [push?.by, push?.before, push?.commit],
    ['bob@example.com', forward.target, squash],
    'as a push by who merged',
  );
  assert.match((await git(bare, 'fsck', '--strict')).text, /^(?!.*error)/s);
});

test('[CHG5] of two merges at once one moves the branch; the other is told', async t => {
  const { write, commit, changes, id, bare, merge, wanted, clone, tips } = await setUp(t);
  write('b', '1\n');
  await commit('first');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  const { target } = await wanted('squash');
  const commits = await Promise.all(['bob', 'eve', 'joe'].map(async by => merge(await wanted('merge', by))));
  const outcomes = await Promise.all(
    commits.map(to => changes.move(id, { branch: 'main', from: target, to, by: 'bob' })),
  );
  assert.deepEqual(outcomes.map(({ moved }) => moved).sort(), [false, false, true]);
  for (const outcome of outcomes) if (!outcome.moved) assert.equal(outcome.because, 'overtaken');
  assert.ok(commits.includes((await tips()).main));
  const left = (await readdir(join(bare, 'objects'))).filter(name => name.startsWith('tmp_'));
  assert.deepEqual(left, [], 'nothing is left of those that did not move it');
});

test('[CHG4] conflicts name their files; strangers have nothing in common', async t => {
  const { clone, write, commit, changes, id, tips, merge, wanted } = await setUp(t);
  write('a', 'one\nmine\nthree\n');
  await commit('mine');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  await gitOk(clone, 'checkout', '-q', 'main');
  write('a', 'one\ntheirs\nthree\n');
  await commit('theirs');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const { main, feature } = await tips();
  assert.deepEqual((await changes.compare(id, main, feature)).conflicts, ['a']);
  for (const method of ['squash', 'merge'] as const)
    await assert.rejects(merge(await wanted(method)), (error: PlatformError) => {
      assert.deepEqual([error.code, error.evidence], ['NotMergeable', ['a']]);
      return true;
    });
  await assert.rejects(merge(await wanted('fast-forward')), (error: PlatformError) => {
    assert.match(error.message, /the target branch has moved on/);
    return true;
  });
  await gitOk(clone, 'checkout', '-q', '--orphan', 'stranger');
  await commit('stranger');
  await gitOk(clone, 'push', '-q', 'origin', 'stranger');
  const stranger = (await changes.branches(id)).get('stranger') ?? '';
  assert.equal((await changes.compare(id, main, stranger)).base, undefined);
  await assert.rejects(
    merge({ method: 'merge', target: main, head: stranger, by: 'bob', message: 'm' }),
    /no commit in common/,
  );
});

test('[CHG6] what judges pushes judges a merge: what it refuses does not move the branch', async t => {
  const seen: unknown[] = [];
  const { write, commit, changes, id, wanted, clone, tips } = await setUp(t, async push => {
    const [update] = push.updates;
    assert.ok(update);
    const entries = await push.tree.changes(update);
    seen.push(push.user, update.kind, update.ref);
    for (const entry of entries) seen.push(entry.path, entry.size, String(await push.tree.read(entry)));
    return { accept: false, lines: ['no'] };
  });
  write('b', 'ü\n');
  await commit('first');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  const { target } = await wanted('merge');
  const { id: to, stored } = await changes.merge(id, await wanted('merge'));
  const outcome = await changes.move(id, { branch: 'main', from: target, to, by: 'bob', once: stored });
  assert.deepEqual(outcome, { moved: false, because: 'refused', lines: ['no'] });
  assert.deepEqual(seen, ['bob', 'update', 'refs/heads/main', 'b', 3, 'ü\n']);
  assert.equal((await tips()).main, target);
});

test('a branch moves to a commit that is there, and nothing but a branch moves', async t => {
  const { commit, changes, id, tips, clone, bare } = await setUp(t);
  await commit('first');
  await gitOk(clone, 'push', '-q', 'origin', 'feature');
  const { main: from, feature: to } = await tips();
  const tree = await gitOk(bare, 'rev-parse', `${to}^{tree}`);
  for (const other of [tree, 'f'.repeat(40)])
    await assert.rejects(
      changes.move(id, { branch: 'main', from, to: other, by: 'bob' }),
      error => isPlatformError(error, 'NotFound'),
      other,
    );
  for (const branch of ['../tags/v1', 'main.lock', '', 'a b'])
    await assert.rejects(
      changes.move(id, { branch, from, to, by: 'bob' }),
      error => isPlatformError(error, 'Invalid'),
      branch,
    );
  assert.equal((await tips()).main, from);
});
