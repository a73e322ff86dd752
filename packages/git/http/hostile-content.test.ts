import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientEnvironment, git, gitOk, startGitHost } from '../testing/git-host.ts';

/** A commit whose tree is given as lines of git-mktree(1), which checks nothing. */
const commitOf = async (clone: string, entries: string[]): Promise<string> => {
  const tree = await new Promise<string>((resolve, reject) => {
    const child = spawn('git', ['mktree', '-z', '--missing'], { cwd: clone, env: clientEnvironment });
    let id = '';
    child.stdout.on('data', (chunk: Buffer) => {
      id += chunk.toString();
    });
    child.once('close', code => (code === 0 ? resolve(id.trim()) : reject(new Error(`mktree: ${code}`))));
    child.stdin.end(entries.map(entry => `${entry}\0`).join(''));
  });
  return gitOk(clone, 'commit-tree', tree, '-m', 'odd', '-p', 'HEAD');
};

test('odd names of files and branches are carried as they are', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  mkdirSync(join(clone, 'd $(touch pwned) \'q\' "d"'));
  for (const name of [
    'a b',
    'semi;colon',
    '$(touch pwned)',
    '`touch pwned`',
    'ü',
    'd $(touch pwned) \'q\' "d"/x',
    '*',
    'a\\b',
    '__proto__',
  ]) {
    writeFileSync(join(clone, name), name);
  }
  symlinkSync('a b', join(clone, 'link to $(a b)'));
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', '$(touch pwned); `x`\n\n-o --exec');
  await gitOk(clone, 'push', 'origin', 'main', 'main:refs/heads/fix/größe#1', 'main:refs/tags/v1.0+2');
  assert.ok(await host.repositories.resolve(host.id, 'fix/größe#1'));
  assert.equal((await host.repositories.pushes(host.id, 'fix/größe#1', 0)).length, 1);
  for (const folder of [host.bare, host.folder, clone, process.cwd()])
    assert.equal(existsSync(join(folder, 'pwned')), false);
});

test('entries that would harm a build are refused by name, with what to do', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const blobOf = async (text: string): Promise<string> => {
    writeFileSync(join(host.folder, 'blob'), text);
    return gitOk(clone, 'hash-object', '-w', join(host.folder, 'blob'));
  };
  const plain = await blobOf('x');
  const head = await gitOk(clone, 'rev-parse', 'HEAD');
  const cases: [string, RegExp][] = [
    [
      `120000 blob ${await blobOf('/etc/passwd')}\tpasswd`,
      /"passwd" in commit \w{10} is refused: .*absolute path "\/etc\/passwd"/,
    ],
    [`120000 blob ${await blobOf('../../x')}\tup`, /"up" .*leads out of the repository/],
    [
      `160000 commit ${head}\tvendor`,
      /"vendor" .*is a submodule[\s\S]*Next: Put the files into this repository/,
    ],
    [`100644 blob ${plain}\ta\nb`, /"a\\nb" .*control character/],
    [`100644 blob ${plain}\ta\x1b]0;x\x07`, /control character/],
    [`100644 blob ${plain}\t-rf`, /"-rf" .*starts with '-'/],
    [
      `100644 blob ${await blobOf('x'.repeat(2 * 1024 * 1024))}\tdata.bin`,
      /"data.bin" .*2 MiB; at most 1 MiB[\s\S]*Next: /,
    ],
  ];
  for (const [entry, words] of cases) {
    const commit = await commitOf(clone, [`100644 blob ${plain}\tok`, entry]);
    // On the branch as a change, on a new branch and a tag as a whole tree.
    for (const ref of ['refs/heads/main', entry.startsWith('12') ? 'refs/tags/new' : 'refs/heads/new']) {
      const { status, text } = await git(clone, 'push', 'origin', `${commit}:${ref}`);
      assert.equal(status, 1, text);
      assert.match(text.replaceAll(/ *\nremote: /g, '\nremote: '), words, text);
    }
  }
  assert.equal(await host.repositories.resolve(host.id, 'main'), head);
  assert.equal(await host.repositories.resolve(host.id, 'new'), undefined);
});

test('what is hidden under a folder is found, and what was there before is not asked again', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  mkdirSync(join(clone, 'a/b'), { recursive: true });
  symlinkSync('../../../etc', join(clone, 'a/b/c'));
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'link');
  assert.match((await git(clone, 'push', 'origin', 'main')).text, /"a\/b\/c" in commit/);
  await gitOk(clone, 'rm', '-q', 'a/b/c');
  await gitOk(clone, 'commit', '-q', '-m', 'unlink');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
});

test('hostile references are refused in words', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  const names: [string, RegExp][] = [
    ['refs/heads/-x', /starts with '-'/],
    ['refs/heads/$(touch${IFS}x)', /mean something to shells/],
    ['refs/heads/a;b', /mean something to shells/],
    ['refs/tags/`x`', /mean something to shells/],
    ['refs/notes/commits', /only branches/],
    ['refs/causeway/x', /hidden ref|only branches/],
    [`refs/heads/${'a'.repeat(40)}`, /looks like a commit id/],
  ];
  for (const [name, words] of names) {
    const { status, text } = await git(clone, 'push', 'origin', `main:${name}`);
    assert.equal(status, 1, name);
    assert.match(text, words, name);
  }
  const blob = await gitOk(clone, 'hash-object', '-w', '/dev/null');
  assert.match(
    (await git(clone, 'push', 'origin', `${blob}:refs/tags/blob`)).text,
    /git cannot read .* as a tree/,
  );
  assert.match((await git(clone, 'push', 'origin', ':main')).text, /The branch main cannot be deleted/);
  assert.match(await gitOk(clone, 'ls-remote', 'origin'), /^\w{40}\tHEAD\n\w{40}\trefs\/heads\/main$/);
});

test('a change of very many files is judged as a whole', async t => {
  const host = await startGitHost(t);
  const clone = await host.clone();
  await gitOk(clone, 'push', '-q', 'origin', 'main');
  for (let index = 0; index < 700; index++) writeFileSync(join(clone, `f${index}`), `${index}`);
  writeFileSync(join(clone, 'large'), 'x'.repeat(2 * 1024 * 1024));
  await gitOk(clone, 'add', '-A');
  await gitOk(clone, 'commit', '-q', '-m', 'many');
  assert.match(
    (await git(clone, 'push', 'origin', 'main')).text,
    /"large" in commit \w+ is refused: it has 2 MiB/,
  );
  await gitOk(clone, 'rm', '-q', '--cached', 'large');
  await gitOk(clone, 'commit', '-q', '--amend', '-m', 'many');
  await gitOk(clone, 'push', '-q', 'origin', 'main');
});
