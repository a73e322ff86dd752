import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMapped, teamUid } from './team-uid.ts';

const folder = async (t: { after(fn: () => unknown): void }): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'causeway-uid-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
};

test('every team has a number of its own, the same on every call, also when asked at once', async t => {
  const data = await folder(t);
  const teams = Array.from({ length: 50 }, (_, index) => `team-${index}`);
  const first = await Promise.all(teams.map(team => teamUid(data, team)));
  assert.equal(new Set(first).size, teams.length);
  assert.deepEqual(await Promise.all(teams.map(team => teamUid(data, team))), first);
  assert.ok(first.every(uid => uid > 1000));
});

test('numbers are on disk before they are used', async t => {
  const data = await folder(t);
  const uid = await teamUid(data, 'payments');
  const record = JSON.parse(await readFile(join(data, 'workloads', 'uids.json'), 'utf8'));
  assert.deepEqual(record.teams, { payments: uid });
});

test('a name of Object.prototype is a name like any other', async t => {
  const data = await folder(t);
  assert.notEqual(await teamUid(data, 'constructor'), await teamUid(data, 'valueOf'));
});

test('a user namespace of 65536 ids does not hold the high range', () => {
  assert.equal(isMapped('0 0 4294967295', 0x7000_0000, 0x7fff_ffff), true);
  assert.equal(isMapped('0 100000 65536', 0x7000_0000, 0x7fff_ffff), false);
  assert.equal(isMapped('0 100000 65536', 20_000, 59_999), true);
});
