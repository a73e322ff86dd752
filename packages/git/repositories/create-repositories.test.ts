import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { keepLog } from '../refs/movements.ts';
import { git, gitOk, temporaryFolder } from '../testing/git-host.ts';
import { createRepositories } from './create-repositories.ts';

const id = { team: 'shop', service: 'api' };
const now = (): Date => new Date('2026-01-02T03:04:05Z');
const files = (entries: Record<string, string>, executable = false) =>
  new Map(Object.entries(entries).map(([path, text]) => [path, { content: Buffer.from(text), executable }]));

const setUp = (t: { after(fn: () => void): void }) => {
  const folder = temporaryFolder(t);
  const bare = join(folder, 'shop', 'api.git');
  return { folder, bare, repositories: createRepositories({ folder, now }) };
};

/** A commit in the repository, on no branch. */
const commitIn = async (bare: string, message: string, ...parents: string[]): Promise<string> => {
  const tree = await gitOk(bare, 'mktree', '--missing');
  return gitOk(bare, 'commit-tree', tree, '-m', message, ...parents.flatMap(parent => ['-p', parent]));
};

test('a repository is made once, with its default branch and configuration', async t => {
  const { bare, repositories } = setUp(t);
  await Promise.all(Array.from({ length: 8 }, () => repositories.ensure(id, 'trunk')));
  assert.equal(await gitOk(bare, 'symbolic-ref', 'HEAD'), 'refs/heads/trunk');
  assert.equal(await gitOk(bare, 'config', 'core.logAllRefUpdates'), 'true');
  assert.equal(await gitOk(bare, 'config', 'receive.advertisePushOptions'), 'true');
  assert.deepEqual(readdirSync(join(bare, '..', '..', '.new')), []);
  await repositories.ensure(id, 'main');
  assert.equal(await gitOk(bare, 'symbolic-ref', 'HEAD'), 'refs/heads/main', 'the default branch follows');
  assert.deepEqual(await repositories.pushes(id, 'main', 0), []);
  assert.equal(await repositories.resolve(id, 'main'), undefined);
});

test('the first files are one push, whoever asks how often', async t => {
  const { bare, repositories } = setUp(t);
  const content = { 'README.md': '# Hello\n', 'bin/a b"c\\d;$(x)': 'x', 'src/ü.js': '' };
  const first = { files: files(content), by: 'ada@example.com', message: 'First\n\n"quoted" ü' };
  await Promise.all(Array.from({ length: 4 }, () => repositories.ensure(id, 'main', first)));
  await repositories.ensure(id, 'main', { ...first, files: files({ other: '' }) });
  const pushes = await repositories.pushes(id, 'main', 0);
  assert.equal(pushes.length, 1);
  assert.equal(pushes[0]?.by, 'ada@example.com');
  assert.equal(pushes[0]?.before, undefined);
  const listed = (await gitOk(bare, 'ls-tree', '-r', '-z', '--name-only', 'main'))
    .split('\0')
    .filter(Boolean);
  assert.deepEqual(listed.sort(), Object.keys(content).sort());
  assert.equal(await gitOk(bare, 'show', 'main:README.md'), '# Hello');
  assert.deepEqual(await repositories.commits(id, undefined, 'main', 10), [
    {
      commit: pushes[0]?.commit,
      subject: 'First',
      author: 'ada@example.com',
      authoredAt: '2026-01-02T03:04:05+00:00',
      committedAt: '2026-01-02T03:04:05+00:00',
    },
  ]);
  assert.match((await git(bare, 'fsck', '--strict')).text, /^(?!.*error)/s);
});

test('whoever makes the same first commit a moment later waits for the other', async t => {
  const first = { files: files({ a: '1' }), by: 'ada', message: 'm' };
  const prepared = async () => {
    const { bare, repositories } = setUp(t);
    await repositories.ensure(id, 'main');
    await gitOk(bare, 'config', 'fastimport.unpackLimit', '0');
    return { packs: join(bare, 'objects', 'pack'), repositories };
  };
  const other = await prepared();
  await other.repositories.ensure(id, 'main', first);
  const [pack = ''] = readdirSync(other.packs).filter(name => name.endsWith('.pack'));
  // git keeps the pack of a commit being made under this name until its branch is there.
  const { packs, repositories } = await prepared();
  const kept = join(packs, pack.replace('.pack', '.keep'));
  writeFileSync(kept, '');
  setTimeout(() => rmSync(kept), 200);
  await repositories.ensure(id, 'main', first);
  assert.equal((await repositories.pushes(id, 'main', 0)).length, 1);
});

test('executable files stay executable', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main', {
    files: files({ run: '#!/bin/sh\n' }, true),
    by: 'ada',
    message: 'm',
  });
  assert.match(await gitOk(bare, 'ls-tree', 'main'), /^100755 /);
});

test('a first commit that was killed half-way is completed by the next call', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  // What a killed git-fast-import leaves: objects without a reference.
  await commitIn(bare, 'lost');
  await repositories.ensure(id, 'main', { files: files({ a: '1' }), by: 'ada', message: 'm' });
  assert.equal((await repositories.pushes(id, 'main', 0)).length, 1);
});

test('files that could not be pushed cannot be the first either', async t => {
  const { repositories } = setUp(t);
  for (const path of ['../x', '.git/config', 'a\nb', '-x', '/x']) {
    await assert.rejects(
      repositories.ensure(id, 'main', { files: files({ [path]: '' }), by: 'ada', message: 'm' }),
      error => isPlatformError(error, 'Invalid'),
      path,
    );
  }
});

test('names that are no names reach nothing', async t => {
  const { repositories } = setUp(t);
  for (const service of ['..', '../x', '.archive', 'A', '', '__proto__', 'a/b', 'a\n']) {
    await assert.rejects(
      repositories.ensure({ team: 'shop', service }, 'main'),
      error => isPlatformError(error),
      service,
    );
  }
  for (const branch of ['-x', 'a..b', '../../config', 'a b', '', 'a\nb', 'x.lock']) {
    await assert.rejects(repositories.ensure(id, branch), error => isPlatformError(error, 'Invalid'), branch);
    await assert.rejects(
      repositories.pushes(id, branch, 0),
      error => isPlatformError(error, 'Invalid'),
      branch,
    );
  }
});

test('any text may be resolved', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main', { files: files({ a: '1' }), by: 'ada', message: 'm' });
  const commit = (await repositories.resolve(id, 'main')) ?? '';
  await gitOk(bare, 'tag', '-a', '-m', 'annotated', 'v1', 'main');
  await gitOk(bare, 'update-ref', 'refs/heads/a/b', commit);
  for (const found of ['main', 'v1', 'a/b', 'refs/heads/main', 'refs/tags/v1', commit, commit.slice(0, 8)]) {
    assert.equal(await repositories.resolve(id, found), commit, found);
  }
  await gitOk(bare, 'pack-refs', '--all');
  assert.equal(await repositories.resolve(id, 'a/b'), commit, 'packed');
  const blob = await gitOk(bare, 'rev-parse', 'main:a');
  const nothing = [
    '--help',
    '-x',
    '--all',
    '',
    '\n',
    'main\n',
    'a\0b',
    ':/m',
    'main@{0}',
    'main~1',
    'main^',
    'main^{tree}',
    'main^{/m}',
    'main^@',
    'main~1:a',
    'main~9999999',
    `main${'^'.repeat(21)}`,
    '~1',
    '^main',
    'HEAD..main',
    '../main',
    'a',
    'main:a',
    '@',
    'f'.repeat(40),
    'dead',
    blob,
    'refs/heads/',
    '$(touch x)',
    `--end-of-options`,
    'refs/heads/../../HEAD',
    'x'.repeat(5000),
  ];
  for (const text of nothing)
    assert.equal(await repositories.resolve(id, text), undefined, JSON.stringify(text));
  assert.equal(await repositories.resolve({ team: 'shop', service: 'none' }, 'main'), undefined);

  const tree = await gitOk(bare, 'rev-parse', 'main^{tree}');
  const commitOn = (message: string, ...parents: string[]) =>
    gitOk(bare, 'commit-tree', '-m', message, tree, ...parents.flatMap(parent => ['-p', parent]));
  const [left, right] = [await commitOn('left', commit), await commitOn('right', commit)];
  await gitOk(bare, 'update-ref', 'refs/heads/main', await commitOn('both', left, right));
  for (const [revision, meant] of [
    ['main~0', await gitOk(bare, 'rev-parse', 'main')],
    ['main^', left],
    ['main~', left],
    ['main~1', left],
    ['main^2', right],
    ['main^2^', commit],
    ['main~2', commit],
    [`${right}~1`, commit],
    ['v1^0', commit],
  ] as const)
    assert.equal(await repositories.resolve(id, revision), meant, revision);
});

test('commits are listed newest first, between two points', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const a = await commitIn(bare, 'a');
  const b = await commitIn(bare, 'b -- "x"\n\nbody', a);
  const c = await commitIn(bare, 'c', b);
  await gitOk(bare, 'update-ref', 'refs/heads/main', c);
  const subjects = async (from: string | undefined, limit: number): Promise<string[]> =>
    (await repositories.commits(id, from, 'main', limit)).map(each => each.subject);
  assert.deepEqual(await subjects(undefined, 10), ['c', 'b -- "x"', 'a']);
  assert.deepEqual(await subjects(a, 10), ['c', 'b -- "x"']);
  assert.deepEqual(await subjects(undefined, 1), ['c']);
  assert.deepEqual(await subjects(c, 10), []);
  await assert.rejects(repositories.commits(id, undefined, '--all', 1), error =>
    isPlatformError(error, 'NotFound'),
  );
});

test('text files of a commit are read: one, or all below a folder', async t => {
  const { bare, repositories } = setUp(t);
  const limits = { files: 10, bytes: 1000 };
  const content = {
    'rules/a.rego': 'package a\n',
    'rules/deep/b"ü.rego': 'package b',
    'rules2/c': 'c',
    top: 't',
  };
  await repositories.ensure(id, 'main', { files: files(content), by: 'ada', message: 'm' });
  const commit = (await repositories.resolve(id, 'main')) ?? '';
  const read = async (path: string, more = limits) =>
    (await repositories.read(id, commit, path, more)).map(each => `${each.path}: ${each.text}`);
  assert.deepEqual(await read('rules'), ['a.rego: package a\n', 'deep/b"ü.rego: package b']);
  assert.deepEqual(await read('rules/'), await read('./rules'));
  assert.deepEqual(await read('rules/a.rego'), ['a.rego: package a\n']);
  assert.deepEqual(await read('top'), ['top: t']);
  assert.equal((await read('.')).length, 4);
  for (const path of ['nothing', '../rules', '/rules', '--help', ':(glob)**', 'rule'])
    await assert.rejects(read(path), error => isPlatformError(error, 'NotFound'), path);
  await assert.rejects(read('rules', { files: 1, bytes: 1000 }), error => isPlatformError(error, 'TooLarge'));
  await assert.rejects(read('rules', { files: 9, bytes: 12 }), error => isPlatformError(error, 'TooLarge'));
  // Links lead anywhere, and what is not text is no source.
  const tree = temporaryFolder(t);
  symlinkSync('/etc/passwd', join(tree, 'link'));
  writeFileSync(join(tree, 'binary'), 'a\0b');
  writeFileSync(join(tree, 'text'), 't');
  await gitOk(bare, '--git-dir', bare, '--work-tree', tree, 'add', '-A');
  const written = await gitOk(bare, '--git-dir', bare, '--work-tree', tree, 'write-tree');
  const odd = await gitOk(bare, 'commit-tree', written, '-m', 'odd');
  const found = await repositories.read(id, odd, '.', { files: 9, bytes: 10_000_000 });
  assert.deepEqual(found, [{ path: 'text', text: 't' }]);
});

test('the paths at which two commits differ, in either direction and in a tree of any size', async t => {
  const { folder, bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const tree = join(folder, 'tree');
  const commitAll = async (): Promise<string> => {
    await gitOk(bare, '--work-tree', tree, 'add', '-A');
    return gitOk(bare, 'commit-tree', await gitOk(bare, 'write-tree'), '-m', 'A change');
  };
  for (const more of [0, 2500]) {
    mkdirSync(join(tree, 'gone', 'a'), { recursive: true });
    for (let index = 0; index < more; index += 1) writeFileSync(join(tree, `${index}.txt`), `${index}`);
    writeFileSync(join(tree, 'same ü.txt'), 'one');
    writeFileSync(join(tree, 'changed.yaml'), 'one');
    writeFileSync(join(tree, 'gone', 'a', 'b'), 'one');
    const first = await commitAll();
    writeFileSync(join(tree, 'changed.yaml'), 'two');
    rmSync(join(tree, 'gone'), { recursive: true });
    writeFileSync(join(tree, 'gone'), 'one');
    const second = await commitAll();
    rmSync(join(tree, 'gone'));
    const expected = ['changed.yaml', 'gone', 'gone/a/b'];
    assert.deepEqual([...(await repositories.differences(id, first, second))].sort(), expected);
    assert.deepEqual([...(await repositories.differences(id, second, first))].sort(), expected);
    assert.deepEqual(await repositories.differences(id, first, first), []);
    await assert.rejects(repositories.differences(id, first, '0'.repeat(40)), error =>
      isPlatformError(error, 'NotFound'),
    );
  }
});

test('an archived repository is out of reach, and whole', async t => {
  const { folder, repositories } = setUp(t);
  await repositories.ensure(id, 'main', { files: files({ a: '1' }), by: 'ada', message: 'm' });
  await repositories.archive(id);
  await repositories.archive(id);
  assert.equal(await repositories.resolve(id, 'main'), undefined);
  await repositories.ensure(id, 'main');
  assert.deepEqual(await repositories.pushes(id, 'main', 0), [], 'the name can be used again');
  await repositories.archive(id);
  const kept = readdirSync(join(folder, '.archive', 'shop'));
  assert.equal(kept.length, 2);
  assert.ok(kept.every(name => /^api-2026-01-02T03-04-05-000Z-[0-9a-f]{8}\.git$/.test(name)));
});

test('numbers go on when a branch is deleted and made again', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const [a, b] = [await commitIn(bare, 'a'), await commitIn(bare, 'b')];
  const entries = async (since = 0): Promise<[number, string][]> =>
    (await repositories.pushes(id, 'dev', since)).map(push => [push.entry, push.commit]);
  for (const round of [0, 1]) {
    await gitOk(bare, 'update-ref', 'refs/heads/dev', a);
    await gitOk(bare, 'update-ref', 'refs/heads/dev', b);
    assert.deepEqual((await entries()).length, 2 + round * 2);
    // As the server does before it lets git delete a branch; twice, as when the deletion failed first.
    await keepLog(bare, 'refs/heads/dev');
    await keepLog(bare, 'refs/heads/dev');
    assert.deepEqual((await entries()).length, 2 + round * 2, 'kept, not doubled');
    await gitOk(bare, 'update-ref', '-d', 'refs/heads/dev');
    assert.deepEqual((await entries()).length, 2 + round * 2, 'the past stays');
  }
  await gitOk(bare, 'update-ref', 'refs/heads/dev/sub', a);
  assert.equal(
    (await repositories.pushes(id, 'dev/sub', 0)).length,
    1,
    'a branch below the name of an old one',
  );
  await gitOk(bare, 'update-ref', '-d', 'refs/heads/dev/sub');
  await gitOk(bare, 'update-ref', 'refs/heads/dev', a);
  assert.deepEqual(await entries(3), [
    [4, b],
    [5, a],
  ]);
});

test('a branch that moved without a log gets its entry once', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const [a, b, c] = [await commitIn(bare, 'a'), await commitIn(bare, 'b'), await commitIn(bare, 'c')];
  writeFileSync(join(bare, 'refs/heads/main'), `${a}\n`);
  const first = await repositories.pushes(id, 'main', 0);
  assert.deepEqual(first, [{ entry: 1, commit: a, by: 'system:git', at: '2026-01-02T03:04:05.000Z' }]);
  assert.deepEqual(await repositories.pushes(id, 'main', 0), first);
  await gitOk(bare, 'update-ref', 'refs/heads/main', b);
  writeFileSync(join(bare, 'refs/heads/main'), `${c}\n`);
  assert.deepEqual(
    (await repositories.pushes(id, 'main', 1)).map(push => [push.entry, push.before, push.commit]),
    [
      [2, a, b],
      [3, b, c],
    ],
  );
});

test('a log that was lost does not hide later pushes', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const [a, b] = [await commitIn(bare, 'a'), await commitIn(bare, 'b')];
  await gitOk(bare, 'update-ref', 'refs/heads/main', a);
  rmSync(join(bare, 'logs'), { recursive: true });
  // The platform has seen 7 entries before the repository came back from a backup without logs.
  assert.deepEqual(
    (await repositories.pushes(id, 'main', 7)).map(push => [push.entry, push.commit]),
    [[8, a]],
  );
  await gitOk(bare, 'update-ref', 'refs/heads/main', b);
  assert.deepEqual(
    (await repositories.pushes(id, 'main', 8)).map(push => [push.entry, push.commit]),
    [[9, b]],
  );
});

test('a push that is just being written is not reported, nor one whose git was killed', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  const [a, b, c] = [await commitIn(bare, 'a'), await commitIn(bare, 'b'), await commitIn(bare, 'c')];
  await gitOk(bare, 'update-ref', 'refs/heads/main', a);
  const log = join(bare, 'logs/refs/heads/main');
  appendFileSync(log, `${a} ${b} ada <ada@causeway> 1700000000 +0000\tpush\n`);
  assert.equal((await repositories.pushes(id, 'main', 0)).length, 1);
  await gitOk(bare, 'update-ref', 'refs/heads/main', c);
  assert.deepEqual(
    (await repositories.pushes(id, 'main', 0)).map(push => [push.entry, push.commit]),
    [
      [1, a],
      [3, c],
    ],
    'the number of what never happened is not given again',
  );
  assert.equal(readFileSync(log, 'utf8').split('\n').length, 4);
});

test('a locked branch is left to whoever holds the lock', async t => {
  const { bare, repositories } = setUp(t);
  await repositories.ensure(id, 'main');
  writeFileSync(join(bare, 'refs/heads/main'), `${await commitIn(bare, 'a')}\n`);
  writeFileSync(join(bare, 'refs/heads/main.lock'), '');
  assert.deepEqual(await repositories.pushes(id, 'main', 0), []);
  renameSync(join(bare, 'refs/heads/main.lock'), join(bare, 'unlocked'));
  assert.equal((await repositories.pushes(id, 'main', 0)).length, 1);
});
