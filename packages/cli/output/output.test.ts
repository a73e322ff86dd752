import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlatformError } from '@causeway/model';
import { writeError } from './error-text.ts';
import { createOutput, type Format } from './output.ts';
import { createStepDisplay } from './step-display.ts';

const begin = (
  given: { format?: Format; quiet?: boolean; env?: NodeJS.ProcessEnv; terminal?: boolean } = {},
) => {
  const written = { out: '', err: '' };
  const isTTY = given.terminal ?? false;
  const into = (name: 'out' | 'err') => (text: string) => {
    written[name] += text;
  };
  const output = createOutput({
    format: given.format ?? 'text',
    quiet: given.quiet ?? false,
    env: given.env ?? {},
    stdout: { isTTY, write: into('out') },
    stderr: { isTTY, columns: 40, write: into('err') },
  });
  return { output, written };
};

const error = new PlatformError('TestsFailed', 'The tests failed.', {
  evidence: ['1 failing', '\u001b[31mred'],
  causes: [{ field: 'spec.x', message: 'is wrong' }],
  next: 'Correct them.',
});

test('an error says what, which fields, the evidence and what to do, and cannot recolour the terminal', () => {
  const { output, written } = begin();
  writeError(output, error);
  assert.equal(
    written.err,
    '✘ The tests failed.\n  spec.x: is wrong\n  | 1 failing\n  |  [31mred\nnext: Correct them.\n',
  );
  assert.equal(written.out, '');
});

test('with -o json an error is one JSON document on stderr', () => {
  const { output, written } = begin({ format: 'json' });
  writeError(output, error);
  assert.deepEqual(JSON.parse(written.err), {
    error: {
      code: 'TestsFailed',
      message: 'The tests failed.',
      evidence: ['1 failing', '\u001b[31mred'],
      next: 'Correct them.',
      causes: [{ field: 'spec.x', message: 'is wrong' }],
    },
  });
});

test('colour is for terminals, and not with NO_COLOR or a dumb one', () => {
  const painted = (given: Parameters<typeof begin>[0]): string => begin(given).output.paint('green', 'x');
  assert.equal(painted({ terminal: true }), '\u001b[32mx\u001b[39m');
  assert.equal(painted({}), 'x');
  assert.equal(painted({ terminal: true, env: { NO_COLOR: '1' } }), 'x');
  assert.equal(painted({ terminal: true, env: { TERM: 'dumb' } }), 'x');
});

test('a machine format leaves nothing but the document on stdout', async () => {
  const { output, written } = begin({ format: 'yaml' });
  output.line('for people');
  output.note('for people');
  await output.document({ a: [1] });
  assert.deepEqual(written, { out: 'a:\n  - 1\n', err: '' });
});

test('steps: an ended one stays as a line; moving text only on a terminal; nothing with --quiet', () => {
  const play = (given: Parameters<typeof begin>[0]): string => {
    const { output, written } = begin(given);
    const display = createStepDisplay(output, given?.env ?? {});
    display.show({ name: 'install', state: 'Running', message: 'npm ci' });
    display.show({ name: 'install', state: 'Succeeded', message: 'npm ci', seconds: 1.234 });
    display.show({ name: 'build', state: 'Skipped', message: '' });
    display.show({ name: 'install', state: 'Succeeded', message: 'again' });
    display.show({ name: 'test', state: 'Failed', message: 'bad\u001b[2J' });
    display.end();
    return written.err;
  };
  assert.equal(play({}), '✔ install    npm ci (1.23 s)\n- build\n✘ test       bad [2J\n');
  assert.equal(play({ quiet: true }), '');
  assert.equal(play({ format: 'json' }), '');
  const moving = play({ terminal: true, env: { NO_COLOR: '1' } });
  assert.ok(
    moving.startsWith('\r\u001b[K⠋ install    npm ci\r\u001b[K✔ install    npm ci (1.23 s)\n'),
    JSON.stringify(moving),
  );
});
