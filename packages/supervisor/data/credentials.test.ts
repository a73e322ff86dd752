import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findCredentials } from '@causeway/client';
import { ensureCredentials } from './credentials.ts';
import { ownConfiguration } from './own-configuration.ts';

test('commands mean the default team of config.yaml; what was made once stays', async t => {
  const data = await mkdtemp(path.join(os.tmpdir(), 'causeway credentials '));
  await mkdir(path.join(data, 'credentials'));
  t.after(() => rm(data, { recursive: true, force: true }));
  const server = 'http://127.0.0.1:7070';
  const ensure = async () => ensureCredentials(data, server, (await ownConfiguration(data)).defaultTeam);
  const found = () => findCredentials({ home: data, env: {} });
  await ensure();
  const before = await found();
  assert.equal(before.team, 'default');
  await writeFile(path.join(data, 'config.yaml'), 'defaultTeam: acme\n');
  await ensure();
  assert.deepEqual(await found(), { ...before, team: 'acme' });
  const file = path.join(data, 'credentials', 'admin.json');
  const text = await readFile(file, 'utf8');
  await ensure();
  assert.equal(await readFile(file, 'utf8'), text);
});
