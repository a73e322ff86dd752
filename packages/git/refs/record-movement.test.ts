import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gitOk, temporaryFolder } from '../testing/git-host.ts';
import { prepareTip } from './prepare-tip.ts';
import { readRef } from './read-refs.ts';
import { recordMovement } from './record-movement.ts';

const ref = 'refs/heads/feature/one';

test('a reference is moved as git moves it: with its log, from where it stands, under its lock', async t => {
  const work = temporaryFolder(t);
  await gitOk(work, 'init', '-q', '--bare');
  const tree = await gitOk(work, 'hash-object', '-w', '-t', 'tree', '/dev/null');
  const commit = (message: string) => gitOk(work, 'commit-tree', tree, '-m', message);
  const [first, second, third] = [await commit('1'), await commit('2'), await commit('3')];
  await gitOk(work, 'update-ref', '--create-reflog', ref, first);
  await gitOk(work, 'pack-refs', '--all');
  const by = 'ada@example.com';
  const move = async (before: string, after: string) => {
    const tip = prepareTip(work, after);
    const entry = { before, after, by, at: new Date(1_767_323_045_999), message: 'merge' };
    return recordMovement(work, ref, before, entry, tip).finally(() => tip.remove());
  };

  assert.equal(await move(second, third), 'elsewhere');
  assert.equal(await move(first, second), 'recorded');
  assert.equal(await gitOk(work, 'rev-parse', ref), second);
  assert.equal(
    await gitOk(work, 'log', '-g', '-1', '--date=raw', '--format=%gd|%ge|%gs', ref),
    'feature/one@{1767323045 +0000}|ada@example%2Ecom@causeway|merge',
  );
  assert.equal(await gitOk(work, 'rev-parse', `${ref}@{1}`), first);

  const outcomes = await Promise.all([move(second, third), move(second, first), move(second, third)]);
  assert.equal(outcomes.filter(outcome => outcome === 'recorded').length, 1);
  const tip = (await readRef(work, ref)) ?? '';
  writeFileSync(join(work, `${ref}.lock`), '');
  assert.equal(await move(tip, second), 'held');
  assert.equal(await readRef(work, ref), tip);
  await assert.rejects(gitOk(work, 'update-ref', ref, second), /lock/, 'nobody else’s lock is removed');
});
