import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shellLine } from './command-line.ts';

const replaced = [
  'node server.js',
  'gunicorn app:app --bind 0.0.0.0:$PORT',
  `node -e "process.title"  'a  b'`,
  './bin/server',
  'gunicorn --bind ${HOST:-127.0.0.1}:$PORT app:app',
  'npm start',
];
const kept = [
  'node server.js; true',
  'cd app && node server.js',
  'PORT=1 node server.js',
  'exec node server.js',
  'node server.js > log',
  'node $(cat file)',
  '$COMMAND',
  '${PROGRAM} --port $PORT',
  'node ${x:=$(rm -rf .)}',
  `node -e "f('a')"`,
  `"my program"`,
  'node a.js\nnode b.js',
  'node -e "a => {}" &',
  'export A=1',
  '',
];

for (const command of replaced)
  test(`${command}: the program takes the shell’s place`, () =>
    assert.equal(shellLine(` ${command}`), `exec ${command}`));
for (const command of kept)
  test(`${JSON.stringify(command)}: stays`, () => assert.equal(shellLine(command), command));
