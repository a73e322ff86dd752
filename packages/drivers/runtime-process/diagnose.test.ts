import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnoseEnd, diagnoseNotReady, type EndOfProcess, type NotReady } from './diagnose.ts';

const end = (given: Partial<EndOfProcess>) =>
  diagnoseEnd({
    exitCode: 1,
    oomKilled: false,
    command: 'node server.js',
    memory: '512Mi',
    lastLines: ['last'],
    everReady: false,
    ...given,
  });

test('how a process ended', () => {
  assert.equal(end({}).message, 'The process ended with exit code 1 before it was ready.');
  assert.equal(
    end({ exitCode: 139, everReady: true }).message,
    'The process was ended by SIGSEGV (exit code 139).',
  );
  assert.equal(end({ exitCode: 255 }).message, 'The process ended with exit code 255 before it was ready.');
  assert.deepEqual([end({}).code, end({}).evidence], ['ProcessExited', ['last']]);
  assert.equal(end({ exitCode: undefined }).code, 'ProcessExited');
});

test('a command that is not there, or not executable', () => {
  assert.match(end({ exitCode: 127 }).message, /not found: node server\.js/);
  assert.deepEqual(
    [end({ exitCode: 126 }).code, end({ exitCode: 125 }).code],
    ['StartFailed', 'StartFailed'],
  );
});

test('out of memory, by the kernel or by the program’s own word', () => {
  assert.equal(end({ exitCode: 137, oomKilled: true }).code, 'OutOfMemory');
  const lines = [
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    ' 1: 0xb7',
    '',
  ];
  assert.equal(end({ exitCode: 134, lastLines: lines }).code, 'OutOfMemory');
});

test('a missing variable is named', () => {
  const failure = end({ lastLines: ['Error: Missing required environment variable DATABASE_URL'] });
  assert.deepEqual(
    [failure.code, failure.message],
    ['MissingVariable', 'The variable DATABASE_URL is not set.'],
  );
});

const notReady = (given: Partial<NotReady>) =>
  diagnoseNotReady({
    port: 41_234,
    fixed: false,
    waitedMs: 60_000,
    probe: { kind: 'refused' },
    listeners: [],
    lastLines: [],
    ...given,
  });

test('where a process listens instead', () => {
  const listener = { host: '0.0.0.0', port: 3000, inode: '1', uid: 0 };
  const failure = notReady({ listeners: [listener] });
  assert.deepEqual(
    [failure.code, failure.message, failure.evidence],
    ['WrongPort', 'The process listens on 3000 instead of PORT=41234.', ['It listens on 0.0.0.0:3000.']],
  );
  assert.equal(notReady({}).code, 'NotListening');
  const abroad = notReady({ listeners: [{ ...listener, host: '10.0.0.5', port: 41_234 }] });
  assert.match(abroad.message, /listens on 10\.0\.0\.5:41234, which is not reachable/);
});

test('what a process answers instead', () => {
  const failure = notReady({ probe: { kind: 'unhealthy', path: '/up', status: 500, body: 'boom' } });
  assert.deepEqual(
    [failure.code, failure.message, failure.evidence],
    ['Unhealthy', 'GET /up was answered with 500 within 60 s.', ['The answer begins: boom']],
  );
  assert.equal(notReady({ probe: { kind: 'silent', withinMs: 1 } }).code, 'Unhealthy');
  assert.match(notReady({ probe: { kind: 'broken', message: 'Parse Error' } }).next, /tcp/);
});
