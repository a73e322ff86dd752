import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

test('[ENG7] servers that start at once on one folder have the same tokens', async t => {
  const data = await mkdtemp(path.join(os.tmpdir(), 'causeway credentials '));
  const folder = path.join(data, 'credentials');
  await mkdir(folder);
  t.after(() => rm(data, { recursive: true, force: true }));
  const names = ['admin.json', 'agent.token', 'gateway.token', 'metrics.token'];
  const tokens = () => Promise.all(names.map(name => readFile(path.join(folder, name), 'utf8')));
  const seen = await Promise.all(
    Array.from({ length: 8 }, async () => {
      await ensureCredentials(data, 'http://127.0.0.1:7070', undefined);
      return tokens();
    }),
  );
  for (const one of seen) assert.deepEqual(one, await tokens());
  assert.deepEqual((await readdir(folder)).toSorted(), names);
});
