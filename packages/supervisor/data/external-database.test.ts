import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { PlatformError } from '@causeway/model';
import { externalDatabase } from './external-database.ts';

const data = await mkdtemp(path.join(os.tmpdir(), 'causeway database '));
after(() => rm(data, { recursive: true, force: true }));
const configure = (text: string): Promise<void> => writeFile(path.join(data, 'config.yaml'), text);
const DATABASE_URL = 'postgres://from:environment@host/db';

test('DATABASE_URL is used where config.yaml names none; neither means the embedded one', async () => {
  assert.equal(await externalDatabase(data, {}), undefined);
  assert.equal(await externalDatabase(data, { DATABASE_URL: '' }), undefined);
  assert.equal(await externalDatabase(data, { DATABASE_URL }), DATABASE_URL);
  await configure('domain: example.com\n');
  assert.equal(await externalDatabase(data, { DATABASE_URL }), DATABASE_URL);
  await configure('database:\n  url: postgresql://from@file/db\n');
  assert.equal(await externalDatabase(data, { DATABASE_URL }), 'postgresql://from@file/db');
});

test('several hosts may be named', async () => {
  await configure('');
  for (const url of ['postgresql://u:a,b@one:5432,two:5433/db', 'postgres://one,two/db?sslmode=require'])
    assert.equal(await externalDatabase(data, { DATABASE_URL: url }), url);
});

test('what is no URL of PostgreSQL is refused without showing it', async () => {
  for (const url of ['mysql://u:s3cret@host/db', 's3cret', 'postgresql://u:s3cret@one:x,two/db']) {
    await configure(`database: { url: "${url}" }`);
    await assert.rejects(externalDatabase(data, {}), (error: PlatformError) => {
      assert.match(error.message, /database\.url/);
      assert.ok(!JSON.stringify([error.message, error.evidence, error.next]).includes('s3cret'));
      return error.code === 'Invalid';
    });
  }
  await configure('a: [');
  await assert.rejects(externalDatabase(data, {}), { code: 'Invalid' });
});
