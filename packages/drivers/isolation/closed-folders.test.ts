import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { closedFolders, isWithin } from './closed-folders.ts';

const stranger = { uid: 65_533, gid: 65_533 };

test('the topmost closed folder is named once, and none where all are open', t => {
  const base = mkdtempSync(join(tmpdir(), 'causeway closed '));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  chmodSync(base, 0o755);
  const home = join(base, 'my home');
  const data = join(home, '.causeway');
  mkdirSync(join(data, 'builds'), { recursive: true });
  chmodSync(home, 0o700);
  chmodSync(data, 0o700);
  const paths = [join(data, 'builds'), join(data, 'keys'), '/usr/bin'];
  assert.deepEqual(closedFolders(paths, stranger), [home]);
  chmodSync(home, 0o711);
  assert.deepEqual(closedFolders(paths, stranger), [data]);
  chmodSync(data, 0o711);
  assert.deepEqual(closedFolders(paths, stranger), []);
});

test('the owner and the group have bits of their own', t => {
  const base = mkdtempSync(join(tmpdir(), 'causeway-closed-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  const { uid, gid } = { uid: process.getuid!(), gid: process.getgid!() };
  chmodSync(base, 0o701);
  assert.deepEqual(closedFolders([join(base, 'x')], { uid: 65_533, gid }), [base]);
  assert.deepEqual(closedFolders([join(base, 'x')], { uid, gid }), []);
});

test('a folder lies within itself and not within one whose name begins like it', () => {
  assert.ok(isWithin('/a/b', '/a/b') && isWithin('/a/b/c', '/a/b') && isWithin('/a', '/'));
  assert.ok(!isWithin('/a/bc', '/a/b'));
});
