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
