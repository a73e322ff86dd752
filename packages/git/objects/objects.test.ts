import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { parseDiff, parseListing } from '../push/tree-entries.ts';
import { git, gitOk, seesProcesses, temporaryFolder } from '../testing/git-host.ts';
import { readCommit } from './commit.ts';
import { commitInfo } from './commit-info.ts';
import { KnownObjects } from './known-objects.ts';
import { leadsTo } from './leads-to.ts';
import { keepObjects } from './objects.ts';
import { changedEntries, entryAt, folderEntries } from './tree.ts';
import { writeCommit } from './write-commit.ts';

type Test = { after(fn: () => void): void };

const repository = async (t: Test, name = 'work') => {
  const work = join(temporaryFolder(t), name);
  mkdirSync(work);
  await gitOk(work, 'init', '-q');
  const write = (path: string, content: string): void => {
    mkdirSync(join(work, path, '..'), { recursive: true });
    writeFileSync(join(work, path), content);
  };
  const commit = async (...more: string[]): Promise<string> => {
    await gitOk(work, 'add', '-A');
    await gitOk(work, 'commit', '-q', '--allow-empty', '-m', 'a change', ...more);
    return gitOk(work, 'rev-parse', 'HEAD');
  };
  return { work, place: join(work, '.git'), write, commit };
};

const kept = (t: Test, ...limits: Parameters<typeof keepObjects>) => {
  const objects = keepObjects(...limits);
  t.after(() => objects.close());
  return objects;
};

/** The processes that read a repository. */
const readersOf = (place: string): string[] =>
  readdirSync('/proc').filter(pid => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--batch-command') &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`GIT_DIR=${place}\0`)
      );
    } catch {
      return false;
    }
  });

test('objects are what git says, also those that came after the first question', async t => {
  const { work, place, write, commit } = await repository(t);
  write('a', 'ü\0\n');
  const first = await commit();
  const reader = await kept(t).in(place);
  const blob = await gitOk(work, 'rev-parse', 'HEAD:a');
  assert.deepEqual(await reader.info(blob), { type: 'blob', size: 4 });
  assert.equal((await reader.contents(blob))?.content.toString(), 'ü\0\n');
  assert.equal(await reader.contents('0'.repeat(40)), undefined);
  assert.equal(await reader.info('HEAD\nquit'), undefined, 'only full ids are asked for');
  write('b', 'later');
  const second = await commit();
  await gitOk(work, 'repack', '-adq');
  const [asked, other] = await Promise.all([readCommit(reader, second), reader.info(blob)]);
  assert.deepEqual([asked?.parents, other?.size], [[first], 4]);
});

test('a folder that took the path of another is read itself', async t => {
  const { work, place, write, commit } = await repository(t);
  write('a', 'before');
  const commitBefore = await commit();
  const objects = kept(t);
  assert.ok(await (await objects.in(place)).info(commitBefore));
  renameSync(place, `${place}.aside`);
  assert.equal(await (await objects.in(place)).info(commitBefore), undefined);
  await gitOk(work, 'init', '-q');
  assert.equal(await (await objects.in(place)).info(commitBefore), undefined);
  assert.ok(await (await objects.in(place)).info(await commit()));
});

test(
  'processes end when nobody asks, when there are too many, when they are closed; a killed one is replaced',
  seesProcesses,
  async t => {
    const one = await repository(t, 'one');
    const two = await repository(t, 'two');
    const [inOne, inTwo] = [await one.commit(), await two.commit()];
    const short = kept(t, 50);
    await (await short.in(one.place)).info(inOne);
    await until('the reader has ended', () => readersOf(one.place).length === 0);
    assert.ok(await (await short.in(one.place)).info(inOne), 'it is started again');

    const objects = kept(t, 60_000, 1);
    await (await objects.in(one.place)).info(inOne);
    await until('only ours is left', () => readersOf(one.place).length === 1);
    await (await objects.in(two.place)).info(inTwo);
    await until('the other has made room', () => readersOf(one.place).length === 0);
    const [pid] = readersOf(two.place);
    process.kill(Number(pid), 'SIGKILL');
    const reader = await objects.in(two.place);
    await until('another answers', async () => (await reader.info(inTwo)) !== undefined);
    objects.close();
    await until('none is left', () => readersOf(two.place).length === 0);
  },
);

test('small objects are kept, up to a limit, and large ones are not', () => {
  const known = new KnownObjects();
  const object = (size: number) => ({ type: 'blob', size, content: Buffer.alloc(size) });
  const small = object(60_000);
  assert.equal(known.add('small', small), small);
  assert.equal(known.get('small'), small);
  assert.equal(known.add('missing', undefined), undefined);
  known.add('large', object(70_000));
  assert.equal(known.get('large'), undefined);
  for (let n = 0; n < 100; n += 1) known.add(`${n}`, object(60_000));
  assert.equal(known.get('small'), undefined);
  assert.equal(known.get('99')?.size, 60_000);
});

test('folders and what is other in them, as git lists them', async t => {
  const { work, place, write, commit } = await repository(t);
  write('platform/a.yaml', '1');
  write('platform/deep/er/b.yaml', 'same');
  write('platform.txt', 'beside');
  write('becomes/a/folder', 'x');
  write('gone', 'x');
  symlinkSync('platform', join(work, 'link'));
  const before = await commit();
  write('platform/a.yaml', 'longer');
  write('platform/ü "b"', 'odd name');
  await gitOk(work, 'rm', '-q', '-r', 'gone', 'becomes');
  write('becomes', 'a file');
  write('gone/is/a folder', 'now');
  chmodSync(join(work, 'platform.txt'), 0o755);
  await gitOk(work, 'add', '-A');
  await gitOk(work, 'update-index', '--add', '--cacheinfo', `160000,${before},platform/sub`);
  await gitOk(work, 'commit', '-q', '-m', 'a change');
  const after = await gitOk(work, 'rev-parse', 'HEAD');
  const reader = await kept(t).in(place);
  const fields = async (...words: string[]) => (await git(work, ...words)).text.split('\0').slice(0, -1);
  const listing = parseListing(await fields('ls-tree', '-r', '-z', '-l', after));
  const under = (folder: string) => listing.filter(({ path }) => path.startsWith(`${folder}/`));
  for (const folder of ['platform', 'platform/deep', 'gone', 'none', 'becomes', 'platform/deep/er/none'])
    assert.deepEqual(await folderEntries(reader, after, folder), under(folder), folder);
  const at = (path: string) => entryAt(reader, after, path);
  for (const path of ['platform/a.yaml', 'platform/sub', 'link', 'gone/is/a folder'])
    assert.deepEqual(await at(path), listing.find(one => one.path === path) ?? assert.fail(), path);
  for (const path of ['none', 'platform/none', 'becomes/a', 'link/a.yaml'])
    assert.equal(await at(path), 'none', path);
  assert.equal(await at('platform/deep'), undefined, 'a folder');
  assert.equal(listing.filter(({ type }) => type === 'file').length + 2, listing.length);
  const diff = await fields('diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before, after);
  const paths = new Set(parseDiff(diff).map(({ path }) => path));
  assert.deepEqual(
    await changedEntries(reader, before, after),
    listing.filter(({ path }) => paths.has(path)),
  );
  assert.equal(await folderEntries(reader, listing[0]?.id ?? '', 'platform'), undefined, 'no commit');
  for (let index = 0; index < 2100; index += 1) write(`platform/many/${index}`, '');
  assert.equal(
    await folderEntries(reader, await commit(), 'platform'),
    undefined,
    'too many: git reads them',
  );
});

test('a commit that is written is one that git would have written', async t => {
  const { work, place, commit } = await repository(t);
  const parent = await commit();
  const tree = await gitOk(work, 'rev-parse', 'HEAD^{tree}');
  const { id, stored } = writeCommit(place, {
    tree,
    parents: [parent],
    author: { name: 'E<ve>\nParker ', email: 'eve@example.com>' },
    committer: { name: '\0', email: 'bob@causeway' },
    at: new Date('2026-01-02T03:04:05.678Z'),
    message: 'A title\n\nwith "ü" and a NUL\0',
  });
  await stored;
  const show = await gitOk(work, 'show', '-s', '--format=%an|%ae|%cn|%ce|%at|%ct|%P|%T|%B', id);
  assert.deepEqual(show.split('|'), [
    ...['EveParker', 'eve@example.com', 'somebody', 'bob@causeway', '1767323045', '1767323045'],
    ...[parent, tree, 'A title\n\nwith "ü" and a NUL'],
  ]);
  assert.match((await git(work, 'fsck', '--strict')).text, /^(?!.*error)/s);
  await assert.rejects(
    writeCommit(`${place}.none`, {
      ...{ tree, parents: [], author: { name: 'a', email: 'a' }, committer: { name: 'a', email: 'a' } },
      ...{ at: new Date(), message: '' },
    }).stored,
    { code: 'ENOENT' },
    'a repository that was put aside does not appear again',
  );
});

test('a commit is told as git log tells it', async t => {
  const { work, place, commit } = await repository(t);
  const reader = await kept(t).in(place);
  const author = ['--author', 'Éve  O’Neil <eve@example.com>'];
  const ids = [
    await commit('--date', '2026-01-02T03:04:05-0330', ...author),
    await commit('--amend', '-m', '\n\nOver\ntwo lines \n \nand more', '--date', '2026-07-02T03:04:05+1245'),
    await commit('--allow-empty-message', '--amend', '-m', ''),
  ];
  for (const id of ids) {
    const line = await gitOk(work, 'log', '-1', '--format=%s%x00%an%x00%aI%x00%cI', id);
    const { subject, author, authoredAt, committedAt } = (await commitInfo(reader, id)) ?? assert.fail();
    const dates = [authoredAt, committedAt].map(text => text.replace(/\+00:00$/, 'Z'));
    assert.deepEqual([subject, author, ...dates].join('\0'), line.replaceAll('+00:00', 'Z'));
  }
  const latin = await commit('-m', 'ascii');
  assert.ok(await commitInfo(reader, latin));
  await gitOk(work, 'config', 'i18n.commitEncoding', 'latin1');
  assert.equal(await commitInfo(reader, await commit('-m', 'other')), undefined, 'git knows its characters');
});

test('what leads to a commit, as far as it can be told by looking at a few', async t => {
  const { work, place, commit } = await repository(t);
  const reader = await kept(t).in(place);
  const base = await commit();
  await gitOk(work, 'checkout', '-q', '-b', 'side');
  const side = await commit('-m', 'aside');
  await gitOk(work, 'checkout', '-q', 'main');
  const main = await commit('-m', 'meanwhile');
  await gitOk(work, 'merge', '-q', '--no-ff', '-m', 'both', 'side');
  const merge = await gitOk(work, 'rev-parse', 'HEAD');
  const asked = [base, side, main, merge].map(commit => leadsTo(reader, commit, merge));
  assert.deepEqual(await Promise.all(asked), [true, true, true, true]);
  assert.equal(await leadsTo(reader, side, main), false);
  assert.equal(await leadsTo(reader, main, 'f'.repeat(40)), undefined);
  const tree = await gitOk(work, 'rev-parse', 'HEAD^{tree}');
  let head = merge;
  const by = { name: 'a', email: 'a@b' };
  for (let n = 0; n < 120; n += 1) {
    const commit = { tree, parents: [head], author: by, committer: by, at: new Date(), message: `${n}` };
    const { id, stored } = writeCommit(place, commit);
    await stored;
    head = id;
  }
  assert.equal(await leadsTo(reader, base, head), undefined, 'too far: git is asked');
});
