import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlatformError } from '@causeway/model';
import { overPlan } from './over-plan.ts';
import { parseProcfile } from './procfile.ts';

const read: Record<string, [string, Record<string, string>, string?]> = {
  'one line': ['web: node server.js\n', { web: 'node server.js' }],
  'no line end, no blank': ['web:node server.js', { web: 'node server.js' }],
  'comments and blank lines': [
    '# processes\n\n  # indented\nweb: a\n\nworker: b\n',
    { web: 'a', worker: 'b' },
  ],
  'CRLF, tabs and a byte order mark': [
    '\uFEFFweb:\tnode x.js\t\r\nworker:\tb\r\n',
    { web: 'node x.js', worker: 'b' },
  ],
  'release is apart': ['release: ./migrate\nweb: a', { web: 'a' }, './migrate'],
  'only a worker': ['worker: python w.py', { worker: 'python w.py' }],
  'quotes stay for the shell': [`web: sh -c "a 'b'" 'c d'`, { web: `sh -c "a 'b'" 'c d'` }],
  'quotes around the whole line go': ['web: "node server.js"', { web: 'node server.js' }],
  'a quoted program without blanks stays': [`web: './run'`, { web: `'./run'` }],
  'colons, dollars and hashes of the command stay': ['web: X=$PORT a:b # c', { web: 'X=$PORT a:b # c' }],
  'names become labels': ['Celery_Beat: a', { 'celery-beat': 'a' }],
  'a name of Object.prototype': ['constructor: a', { constructor: 'a' }],
};
for (const [name, [text, processes, release]] of Object.entries(read))
  test(`Procfile: ${name}`, () => {
    assert.deepEqual(parseProcfile(text), { processes, ...(release ? { release } : {}) });
  });

const refused: Record<string, [string, RegExp]> = {
  'no colon': ['web: a\nnode server.js', /line 2: is not NAME: COMMAND/],
  'no command': ['web:   ', /line 1: "web" has no command/],
  'only a comment as command': ['web: # later', /line 1: "web" has no command/],
  'the same name twice': ['web: a\n# x\nweb: b', /line 3: "web" was already given in line 1/],
  'the same label twice': ['my_job: a\nmy-job: b', /line 2: .*already given in line 1/],
  'a name that no replica can have': ['__proto__: a', /line 1: "__proto__" cannot name a process/],
  'a blank in the name': ['web server: a', /line 1: is not NAME/],
  'a NUL character': ['web: a\0b', /line 1: holds a NUL/],
  'too long': [`web: ${'x'.repeat(5000)}`, /longer than 4096/],
  'too many': [Array.from({ length: 60 }, (_, i) => `p${i}: a`).join('\n'), /more than 50 processes/],
  'nothing in it': ['# nothing\n', /names no process/],
};
for (const [name, [text, message]] of Object.entries(refused))
  test(`Procfile refused: ${name}`, () => {
    assert.throws(
      () => parseProcfile(text),
      error =>
        isPlatformError(error, 'BuildFailed') && message.test(error.message) && /Procfile/.test(error.next),
    );
  });

test('a Procfile replaces the processes that a builder guessed and keeps the rest', () => {
  const plan = { builder: 'node', test: 'npm test', processes: { web: 'node server.js' } };
  assert.deepEqual(overPlan(plan, parseProcfile('worker: a\nrelease: b')), {
    builder: 'node',
    test: 'npm test',
    processes: { worker: 'a' },
    release: 'b',
  });
});

test('a Procfile with nothing but a release line leaves the guessed processes', () => {
  const plan = { builder: 'node', processes: { web: 'node server.js' } };
  assert.deepEqual(overPlan(plan, parseProcfile('release: b')), { ...plan, release: 'b' });
});
