import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BuildLog, readableLines } from './build-log.ts';

test('lines for people hold no colours, cursor movements, bells or what a progress bar overwrote', () => {
  const text =
    '\u001b[31mred\u001b[0m\r\n10%\r50%\r100%\n\u0007bell\u0000\n\n  indented\t.\n\u001b]0;title\u0007x\n';
  assert.deepEqual(readableLines(text), ['red', '100%', 'bell', '  indented\t.', 'x']);
  assert.equal(readableLines('x'.repeat(600))[0]?.length, 501);
});

test('headings and output stand in the order in which they came; the last lines are those of the step', t => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'shop', 'api.1.log');
  const log = new BuildLog(file);
  log.heading('install: npm ci');
  log.line('Unchanged');
  const since = log.size();
  writeSync(log.descriptor, 'one\ntwo\nthree\n');
  assert.deepEqual(log.lastLines(since, 2), ['two', 'three']);
  assert.deepEqual(log.lastLines(since, 20), ['one', 'two', 'three']);
  log.close();
  assert.equal(readFileSync(file, 'utf8'), '==> install: npm ci\n    Unchanged\none\ntwo\nthree\n');
  const again = new BuildLog(file);
  again.heading('again');
  again.close();
  assert.match(readFileSync(file, 'utf8'), /three\n==> again\n$/);
});
