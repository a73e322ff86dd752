import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LogFile } from './log-file.ts';

const start = (context: TestContext, maxBytes = 1_000) => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.log');
  const errors: string[] = [];
  const options = { path, maxBytes, onError: (error: Error) => errors.push(error.message) };
  return { path, folder, errors, file: new LogFile(options), again: () => new LogFile(options) };
};

test('lines are collected, written in order, and kept from other users', async context => {
  const { file, path } = start(context);
  file.append('one\n');
  file.append('two ✓\n');
  assert.ok(!existsSync(path));
  await file.flush();
  file.append('three\n');
  file.close();
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo ✓\nthree\n');
  assert.equal(statSync(path).mode & 0o007, 0);
});

test('a full file is put aside, also one that an earlier process filled', async context => {
  const { file, path, again } = start(context, 100);
  for (let i = 0; i < 3; i++) {
    file.append(`${String(i).repeat(59)}\n`);
    await file.flush();
  }
  assert.match(readFileSync(`${path}.1`, 'utf8'), /^0+\n1+\n$/);
  assert.match(readFileSync(path, 'utf8'), /^2+\n$/);
  const next = again();
  for (const mark of ['3', '4']) {
    next.append(`${mark.repeat(59)}\n`);
    await next.flush();
  }
  assert.match(readFileSync(`${path}.1`, 'utf8'), /^2+\n3+\n$/);
});

test('what cannot be written is counted, told once, and does not stop the rest', async context => {
  const { file, path, errors } = start(context, 1_000_000);
  mkdirSync(path);
  for (let i = 0; i < 3; i++) {
    file.append('lost\n');
    await file.flush();
  }
  assert.equal(file.dropped, 3);
  assert.equal(errors.length, 1);
  rmSync(path, { recursive: true });
  file.append('kept\n');
  await file.flush();
  assert.equal(readFileSync(path, 'utf8'), 'kept\n');
});

test('memory is bounded while nothing can be written', context => {
  const { file } = start(context);
  const line = `${'x'.repeat(1023)}\n`;
  // A flush is under way during this loop, for it never lets anything else run.
  for (let i = 0; i < 6 * 1024; i++) file.append(line);
  assert.ok(file.dropped > 1_500, String(file.dropped));
});

test('a link is not followed', async context => {
  const { file, path, folder } = start(context);
  writeFileSync(join(folder, 'elsewhere'), '');
  symlinkSync(join(folder, 'elsewhere'), path);
  file.append('x\n');
  await file.flush();
  assert.equal(readFileSync(join(folder, 'elsewhere'), 'utf8'), '');
  assert.equal(file.dropped, 1);
});
