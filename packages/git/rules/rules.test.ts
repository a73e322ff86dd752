import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RefUpdate, TreeEntry } from '../ports.ts';
import { judgeRefs } from './judge-refs.ts';
import { judgeTree } from './judge-tree.ts';
import { linkProblem } from './link-problem.ts';
import { pathProblem } from './path-problem.ts';

const commit = 'c'.repeat(40);

test('links may point anywhere inside the repository', () => {
  const inside: [string, string][] = [
    ['a', 'b'],
    ['a', './b/c'],
    ['a/b', '../c'],
    ['a/b/c', '../../d'],
    ['a', 'b c;$(d)'],
    ['a/b', '..'],
    ['a', '.'],
  ];
  for (const [path, target] of inside)
    assert.equal(linkProblem(path, target), undefined, `${path} → ${target}`);
});

test('links that lead out are refused, alone or together', () => {
  const outside: [string, string][] = [
    ['a', '/etc/passwd'],
    ['a', '..'],
    ['a', '../b'],
    ['a/b', '../../c'],
    ['a/b', './../../c'],
    // With `d` a link to another folder, `d/..` is not where the text says.
    ['a', 'd/../..'],
    ['a', 'd/..'],
    ['a', '.git/hooks/pre-commit'],
    ['a/b', '../.GIT/config'],
  ];
  for (const [path, target] of outside) assert.ok(linkProblem(path, target), `${path} → ${target}`);
});

test('odd file names are fine, dangerous ones are refused', () => {
  for (const path of [
    'a b',
    'a;rm -rf',
    '$(x)',
    "it's",
    '"q"',
    'ü/ß',
    'a/-b',
    '.gitignore',
    '.github/x',
    'a\\b',
    '__proto__',
    '...',
  ]) {
    assert.equal(pathProblem(path), undefined, path);
  }
  for (const path of [
    'a\nb',
    'a\x1b[2J',
    'a\x7f',
    '-rf',
    '.git',
    'a/.git/b',
    '.GIT/x',
    '../a',
    'a/../b',
    'a//b',
    './a',
    '',
    'a\ufffd',
  ]) {
    assert.ok(pathProblem(path), JSON.stringify(path));
  }
});

const update = (ref: string, kind: RefUpdate['kind'] = 'create'): RefUpdate => ({
  ref,
  kind,
  before: kind === 'create' ? undefined : commit,
  after: kind === 'delete' ? undefined : commit,
});

test('only branches and tags with plain names are taken', () => {
  for (const name of [
    'main',
    'feature/a-b_c.d',
    'fix#12',
    'dependabot/npm_and_yarn/@types/node-26',
    'größe',
    'v1.0+2',
  ]) {
    assert.deepEqual(judgeRefs([update(`refs/heads/${name}`), update(`refs/tags/${name}`)]), [], name);
  }
  for (const ref of ['refs/notes/commits', 'refs/causeway/x', 'refs/heads', 'HEAD', 'refs/for/main']) {
    assert.match(judgeRefs([update(ref)])[0] ?? '', /only branches/, ref);
  }
  for (const name of [
    '-x',
    'a/-b',
    'a;b',
    '$(a)',
    '`a`',
    'a|b',
    "a'b",
    'a&b',
    'a>b',
    commit,
    'HEAD',
    '@',
    'x'.repeat(201),
    'a!b',
  ]) {
    assert.match(judgeRefs([update(`refs/heads/${name}`)])[0] ?? '', /refused/, name);
  }
});

test('the release branch stays, others may go', () => {
  assert.match(judgeRefs([update('refs/heads/main', 'delete')], 'main')[0] ?? '', /cannot be deleted/);
  assert.deepEqual(
    judgeRefs([update('refs/heads/old', 'delete'), update('refs/tags/main', 'delete')], 'main'),
    [],
  );
  assert.deepEqual(
    judgeRefs([update('refs/heads/-old', 'delete')], 'main'),
    [],
    'a hostile name may be removed',
  );
});

const entry = (path: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  mode: '100644',
  type: 'file',
  id: 'a'.repeat(40),
  size: 10,
  ...more,
});

test('each refusal names the file, the commit and the next step', () => {
  const entries = [
    entry('ok.js'),
    entry('vendor/lib', { type: 'submodule', mode: '160000', size: 0 }),
    entry('passwd', { type: 'link', mode: '120000' }),
    entry('data.bin', { size: 3 * 1024 * 1024 }),
  ];
  const lines = judgeTree(commit, entries, new Map([['passwd', '/etc/passwd']]), { fileBytes: 1024 * 1024 });
  assert.equal(lines.length, 6);
  assert.match(lines[0] ?? '', /"vendor\/lib" in commit cccccccccc is refused: it is a submodule/);
  assert.match(lines[2] ?? '', /"passwd" .* absolute path "\/etc\/passwd"/);
  assert.match(lines[4] ?? '', /"data.bin" .* 3 MiB; at most 1 MiB/);
  for (const index of [1, 3, 5]) assert.match(lines[index] ?? '', /^Next: /);
});

test('many refusals are counted instead of listed', () => {
  const entries = Array.from({ length: 40 }, (_, index) => entry(`-${index}`));
  const lines = judgeTree(commit, entries, new Map(), { fileBytes: 1 });
  assert.equal(lines.length, 11);
  assert.equal(lines.at(-1), '35 more files are refused.');
});

test('a link too long to be a path is refused', () => {
  const [line] = judgeTree(commit, [entry('l', { type: 'link', mode: '120000', size: 5000 })], new Map(), {
    fileBytes: 1e6,
  });
  assert.match(line ?? '', /longer than/);
});
