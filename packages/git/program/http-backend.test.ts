import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isPlatformError, PlatformError } from '@causeway/model';
import { temporaryFolder } from '../testing/git-host.ts';
import { findHttpBackend } from './http-backend.ts';
import { runGit } from './run-git.ts';

test('a git without http-backend, or no git at all, is said in words', async t => {
  assert.match(findHttpBackend(), /git-http-backend$/);
  const folder = temporaryFolder(t);
  const path = process.env.PATH;
  t.after(() => {
    process.env.PATH = path;
  });
  process.env.PATH = folder;
  assert.throws(
    findHttpBackend,
    error => isPlatformError(error, 'Unsupported') && /Install git/.test(error.next),
  );
  await assert.rejects(runGit(['version'], { repository: folder }), error =>
    isPlatformError(error, 'Unsupported'),
  );

  mkdirSync(join(folder, 'core'));
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nprintf '%s\\n' '${join(folder, 'core')}'\n`, {
    mode: 0o755,
  });
  assert.throws(findHttpBackend, (error: unknown) => {
    assert.ok(error instanceof PlatformError);
    assert.equal(error.code, 'Unsupported');
    assert.match(error.evidence[0] ?? '', /core\/git-http-backend is missing/);
    assert.match(error.next, /git-daemon/);
    return true;
  });
});
