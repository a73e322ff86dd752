import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { deleteData } from './delete-data.ts';

test('everything goes, folders that are read-only on purpose too', async () => {
  const data = await mkdtemp(path.join(os.tmpdir(), 'causeway delete '));
  const artifact = path.join(data, 'artifacts', 'one');
  await mkdir(artifact, { recursive: true });
  for (const file of [path.join(artifact, 'file'), path.join(data, 'format')]) await writeFile(file, '');
  for (const folder of [artifact, path.dirname(artifact)]) await chmod(folder, 0o555);
  await deleteData(data);
  assert.equal(await stat(data).catch(() => undefined), undefined);
});
