import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createProgram } from '../program/program.ts';
import { wantedFor } from './candidates.ts';
import { completionScripts } from './scripts.ts';

const program = createProgram({
  version: '',
  runner: async () => {},
  writeOut: () => {},
  writeErr: () => {},
});
const wanted = (...words: string[]) => wantedFor(program, words);

test('each place has its candidates', () => {
  const words = (result: ReturnType<typeof wanted>): readonly string[] =>
    'words' in result ? result.words : [];
  assert.ok(words(wanted('')).includes('create'));
  assert.ok(!words(wanted('')).includes('complete'), 'what is hidden is not offered');
  assert.deepEqual(words(wanted('create', '')), ['service', 'team', 'help']);
  assert.ok(words(wanted('create', 'service', '--')).includes('--template'));
  assert.deepEqual(words(wanted('create', 'service', '--template', '')), ['http-service', 'empty']);
  assert.deepEqual(words(wanted('get', 'services', '-o', '')), ['json', 'yaml', 'wide']);
  assert.deepEqual(words(wanted('completion', '')), ['bash', 'zsh', 'fish']);
  assert.deepEqual(words(wanted('deploy', 'orders', '')), []);
});

test('kinds and names of objects are asked for where they belong', () => {
  assert.deepEqual(wanted('get', ''), { kinds: true });
  assert.deepEqual(wanted('get', 'services', ''), { namesOf: 'services' });
  assert.deepEqual(wanted('describe', '-o', 'json', 'build', ''), { namesOf: 'build' });
  assert.deepEqual(wanted('rollback', ''), { namesOf: 'service' });
  assert.deepEqual(wanted('-n', ''), { namesOf: 'team' });
  assert.deepEqual(wanted('env', 'extend', ''), { namesOf: 'environment' });
  assert.deepEqual(wanted('env', 'recreate', ''), { namesOf: 'environmentrequest' });
  assert.deepEqual(wanted('env', 'open', 'staging', ''), { namesOf: 'service' });
  assert.deepEqual(wanted('env', 'request', 'staging', '--service', ''), { namesOf: 'service' });
  assert.deepEqual(wanted('env', 'extend', 'staging', '--by', ''), { words: ['1d', '7d', '14d'] });
  assert.deepEqual(wanted('env', 'list', ''), { words: [] });
  assert.deepEqual(wanted('change', 'open', ''), { namesOf: 'service' });
  assert.deepEqual(wanted('change', 'open', 'orders', ''), { words: [] });
  assert.deepEqual(wanted('change', 'merge', ''), { namesOf: 'changerequest' });
  assert.deepEqual(wanted('change', 'merge', 'orders.1', '--method', ''), {
    words: ['merge', 'squash', 'fast-forward'],
  });
});

test('the script for bash completes', async () => {
  const platform = 'platform() { printf "%s\\n" services serve-me; }';
  const ask = 'COMP_WORDS=(platform get se); COMP_CWORD=2; _platform; echo "${COMPREPLY[*]}"';
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    `${platform}\n${completionScripts.bash}\n${ask}`,
  ]);
  assert.equal(stdout, 'services serve-me\n');
});
