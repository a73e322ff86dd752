import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Which packages a command line loads. */
const loadedBy = async (...argv: string[]): Promise<string[]> => {
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    path('testing/record-loads.mjs'),
    path('main.ts'),
    ...argv,
  ]);
  return (/^loaded: (.*)$/m.exec(stderr)?.[1] ?? '').split(' ');
};

test('help, the version and the completion of a command load no schemas and no client', async () => {
  for (const argv of [
    ['--help'],
    ['--version'],
    ['get', '--help'],
    ['complete', '--', 'cr'],
    ['completion', 'bash'],
  ])
    assert.deepEqual(await loadedBy(...argv), ['cli', 'commander'], argv.join(' '));
});

test('the list of kinds loads no supervisor', async () => {
  const loaded = await loadedBy('get');
  assert.ok(loaded.includes('model'), 'the recording works');
  for (const name of ['supervisor', 'postgres', 'yaml'])
    assert.ok(!loaded.includes(name), `${name} is not needed`);
});

test('files are validated without the client, and without the drivers that run things', async () => {
  const folder = path('validation/fixtures');
  const loaded = await loadedBy(
    'validate',
    `${folder}/manifests/good.yaml`,
    '--policies',
    `${folder}/policies`,
  );
  assert.ok(loaded.includes('drivers') && loaded.includes('policy'), loaded.join(' '));
  // smol-toml is what builders read with.
  for (const name of ['client', 'supervisor', 'postgres', 'undici', 'smol-toml', 'tar-stream'])
    assert.ok(!loaded.includes(name), `${name} is not needed`);
});
