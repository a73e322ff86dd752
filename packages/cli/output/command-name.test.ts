import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from '../program/program.ts';
import { asCalled } from './command-name.ts';

const env = { CAUSEWAY_COMMAND: './platform' };
const nowhere = { version: '0', runner: async () => {}, writeOut: () => {}, writeErr: () => {} };

test('hints name the command as it was called', () => {
  assert.equal(asCalled('Run `platform up` first.', env), 'Run `./platform up` first.');
  assert.equal(asCalled('see: platform get service a', env), 'see: ./platform get service a');
  for (const text of [
    'The platform is ready.',
    './platform up',
    '/opt/platform up',
    'platform-up',
    'team platform',
  ])
    assert.equal(asCalled(text, env), text);
  assert.equal(asCalled('platform up', {}), 'platform up');
  assert.equal(
    asCalled('platform up', { CAUSEWAY_COMMAND: "/my team's/platform" }),
    "'/my team'\\''s/platform' up",
  );
});

test('every command is known by it, and every option and argument is explained', () => {
  const program = createProgram(nowhere);
  for (const command of program.commands) {
    const name = command.name();
    if (name !== 'complete') assert.equal(asCalled(`platform ${name}`, env), `./platform ${name}`);
    if (name === 'complete') continue;
    for (const one of [command, ...command.commands]) {
      for (const option of one.options) assert.ok(option.description, `${one.name()} ${option.flags}`);
      for (const argument of one.registeredArguments)
        assert.ok(argument.description, `${one.name()} ${argument.name()}`);
    }
  }
});
