import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfiguration } from './configuration.ts';

test('groups of an organisation are read, and what is none names file and field', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway configuration '));
  t.after(() => rm(folder, { recursive: true }));
  const read = async (text: string) => {
    await writeFile(join(folder, 'config.yaml'), text);
    return readConfiguration(folder);
  };
  assert.deepEqual((await read('')).apiGroups, []);
  assert.deepEqual((await read('apiGroups: [platform.kubedojo.io]\n')).apiGroups, ['platform.kubedojo.io']);
  await assert.rejects(
    read('apiGroups: [a.io, apps]\n'),
    /config\.yaml: apiGroups\.1: must be a domain name/,
  );
  await assert.rejects(read('apiGroups: [causeway.dev]\n'), /apiGroups\.0: causeway\.dev is there already/);
});
