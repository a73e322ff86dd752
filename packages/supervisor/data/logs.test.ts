import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { lastLines, rotateLogs } from './logs.ts';
import { dataPaths, logFile } from './paths.ts';

const data = await mkdtemp(path.join(os.tmpdir(), 'causeway logs '));
after(() => rm(data, { recursive: true, force: true }));
const { logs } = dataPaths(data);
await mkdir(logs, { recursive: true });

test('the last lines, from an offset on; nothing when there is no file', async () => {
  const file = logFile(data, 'server');
  assert.deepEqual(await lastLines(file, 3), []);
  await writeFile(file, 'one\ntwo\n');
  await appendFile(file, 'three\nfour\n');
  assert.deepEqual(await lastLines(file, 3), ['two', 'three', 'four']);
  assert.deepEqual(await lastLines(file, 3, 8), ['three', 'four']);
  assert.deepEqual(await lastLines(file, 3, 1000), []);
});

test('a long log keeps one older part, and its writer goes on', async () => {
  await writeFile(logFile(data, 'agent'), 'x'.repeat(100));
  await writeFile(logFile(data, 'gateway'), 'short');
  await rotateLogs(data, 50);
  assert.deepEqual((await readdir(logs)).toSorted(), [
    'agent.log',
    'agent.log.1',
    'gateway.log',
    'server.log',
  ]);
  await appendFile(logFile(data, 'agent'), 'more');
  assert.equal(await readFile(logFile(data, 'agent'), 'utf8'), 'more');
  assert.equal((await readFile(`${logFile(data, 'agent')}.1`, 'utf8')).length, 100);
});
