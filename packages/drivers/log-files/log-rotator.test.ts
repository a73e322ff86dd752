import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { LogRotator, nextLookMs } from './log-rotator.ts';
import { rotateLog } from './rotate-log.ts';

test('the next look comes before a log may be full', () => {
  assert.equal(nextLookMs(0, 0, 100, 1000), 2000);
  assert.equal(nextLookMs(500, 100, 100, 1000), 250);
  assert.equal(nextLookMs(990, 100, 100, 1000), 50);
});

test('of a log that grew far beyond its limit the last whole lines are kept', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-rotate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'x.log');
  writeFileSync(path, Array.from({ length: 100_000 }, (_, number) => `line ${number}\n`).join(''));
  await rotateLog(path, 10_000);
  const kept = readFileSync(`${path}.1`, 'utf8');
  assert.ok(kept.length <= 10_000 && kept.startsWith('line ') && kept.endsWith('line 99999\n'));
  assert.equal(statSync(path).size, 0);
});

test('a program that writes without pause does not fill the disk, and its lines stay whole', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-rotate-'));
  const path = join(folder, 'x.log');
  const log = openSync(path, 'a');
  const writer = spawn('/bin/sh', ['-c', 'exec yes "a line of forty bytes, written by yes(1)"'], {
    stdio: ['ignore', log, log],
  });
  const ended = once(writer, 'exit');
  const maxBytes = 1024 * 1024;
  const rotator = new LogRotator({ maxBytes });
  t.after(async () => {
    rotator.close();
    writer.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });
  rotator.add(path);
  let rotations = 0;
  let largest = 0;
  let last = 0;
  const look = (): boolean => {
    const { size } = statSync(path);
    if (size < last) rotations++;
    last = size;
    largest = Math.max(largest, size);
    return rotations === 5;
  };
  await until('five rotations', look, { everyMs: 2 });
  assert.ok(statSync(`${path}.1`).size <= 3 * maxBytes);
  t.diagnostic(`at most ${(largest / maxBytes).toFixed(0)} MiB before a rotation`);
});
