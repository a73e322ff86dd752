import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { parseCodeOwners, ruleFor, rulesAskedOfMany } from './code-owners.ts';
import { pathPattern } from './path-pattern.ts';

const matchesPath = (pattern: string, path: string): boolean => pathPattern(pattern)(path);

test('[CHG3] patterns of CODEOWNERS mean what they mean on GitHub', () => {
  for (const [pattern, meant, notMeant] of [
    ['*', ['a', 'a/b/c.js'], []],
    ['*.js', ['a.js', 'x/y/a.js'], ['a.jsx', 'js']],
    ['/build/logs/', ['build/logs/a', 'build/logs/x/y'], ['build/logs', 'x/build/logs/a']],
    ['docs/*', ['docs/getting-started.md'], ['docs/build-app/troubleshooting.md', 'x/docs/a']],
    ['apps/', ['apps/a', 'x/apps/y/z'], ['apps', 'application/a']],
    ['/docs/', ['docs/a', 'docs/a/b'], ['x/docs/a']],
    ['/scripts/', ['scripts/a'], ['x/scripts/a']],
    ['**/logs', ['logs', 'logs/a', 'build/logs/a', 'a/b/logs'], ['alogs/a']],
    ['/apps/github', ['apps/github', 'apps/github/a'], ['apps/githubs']],
    ['a/**/z', ['a/z', 'a/b/c/z'], ['a/b', 'az']],
    ['docs/*.md', ['docs/a.md'], ['docs/a/b.md']],
    ['file?', ['file1', 'x/file2'], ['file', 'file12']],
    ['ü*', ['übung', 'a/über'], ['u']],
  ] as const) {
    for (const path of meant) assert.ok(matchesPath(pattern, path), `${pattern} means ${path}`);
    for (const path of notMeant) assert.ok(!matchesPath(pattern, path), `${pattern} does not mean ${path}`);
  }
});

test('a pattern made to take for ever takes no time', () => {
  const before = process.cpuUsage();
  assert.ok(!matchesPath('**/*a*a*a*a*a*a*a*a*a*a*b/**/x', `${'a'.repeat(300)}/`.repeat(40)));
  assert.ok(process.cpuUsage(before).user < 2_000_000);
});

test('[CHG3] the last line that means a file says who owns it; one without owners takes them away', () => {
  const rules = parseCodeOwners(
    [
      '# everything',
      '* @alice bob@example.com # and nobody else',
      '',
      '\t/docs/   @org/writers',
      '/docs/free',
      '!not @x',
      '[a] @x',
      'with\\ space @eve',
      '\ufeffodd @x\r',
    ].join('\n'),
  );
  assert.deepEqual(ruleFor(rules, 'a/b')?.owners, ['@alice', 'bob@example.com']);
  assert.deepEqual([ruleFor(rules, 'docs/a')?.owners, ruleFor(rules, 'docs/a')?.line], [['@org/writers'], 4]);
  assert.deepEqual(ruleFor(rules, 'docs/free/a')?.owners, []);
  assert.deepEqual(ruleFor(rules, 'with space')?.owners, ['@eve']);
  assert.equal(rules.length, 5);
  assert.equal(ruleFor([], 'a'), undefined);
});

test('who is asked for many files is told soon, and not at all for more than can be', async () => {
  const rules = parseCodeOwners(Array.from({ length: 500 }, (_, index) => `/folder-${index}/ @a`).join('\n'));
  const paths = Array.from({ length: 20_000 }, (_, index) => `folder-${index % 600}/file-${index}`);
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 1);
  assert.equal((await rulesAskedOfMany(rules, paths)).length, 500);
  clearInterval(timer);
  assert.ok(turns > 5, 'others have their turn meanwhile');
  await assert.rejects(rulesAskedOfMany(rules, [...paths, ...paths, ...paths]), error =>
    isPlatformError(error, 'TooLarge'),
  );
});
