import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const files = ['contract.test.ts', 'isolation.test.ts', 'survival.test.ts', 'ending.test.ts'];
const user = 23_456;

const { PATH, CAUSEWAY_REQUIRE_ALL = '' } = process.env;
const inherited = { PATH, CAUSEWAY_REQUIRE_ALL };

/** Of TAP: each failed test with what is said about it. */
const whatFailed = (output: string): string =>
  (output.match(/^ *not ok (?:(?!^ *(?:not )?ok )[\s\S])*/gm) ?? []).join('').slice(0, 8000);

const skip = process.getuid?.() === 0 ? false : 'this is one already; with root both are tested';

test('all of it holds for an ordinary user, too', { skip }, async t => {
  const home = await mkdtemp(join(tmpdir(), 'causeway-user-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  await chown(home, user, user);
  const paths = files.map(file => fileURLToPath(new URL(file, import.meta.url)));
  const child = spawn(
    'setpriv',
    [
      `--reuid=${user}`,
      `--regid=${user}`,
      '--clear-groups',
      process.execPath,
      '--test',
      '--test-reporter=tap',
      ...paths,
    ],
    { env: { ...inherited, HOME: home, TMPDIR: home }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', text => {
      output += text;
    });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, whatFailed(output));
});
