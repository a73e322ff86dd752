import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { closedFolders, openFolders } from './closed-folders.ts';

const nobody = { uid: 65_534, gid: 65_534 };
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

const layout = (t: { after(fn: () => unknown): void }) => {
  const base = mkdtempSync(join(tmpdir(), 'causeway closed '));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  chmodSync(base, 0o755);
  const home = join(base, 'my home');
  const data = join(home, '.causeway');
  mkdirSync(join(data, 'builds', 'a'), { recursive: true, mode: 0o755 });
  mkdirSync(join(data, 'keys'), { mode: 0o755 });
  writeFileSync(join(data, 'keys', 'secret'), 'secret');
  writeFileSync(join(data, 'builds', 'a', 'file'), 'content');
  chmodSync(home, 0o700);
  chmodSync(data, 0o700);
  return { home, data };
};

test('the topmost closed folder is named once, and none where all are open', t => {
  const { home, data } = layout(t);
  assert.deepEqual(closedFolders([join(data, 'builds'), join(data, 'keys'), '/usr/bin'], nobody), [home]);
  chmodSync(home, 0o711);
  assert.deepEqual(closedFolders([join(data, 'builds')], nobody), [data]);
  chmodSync(data, 0o711);
  assert.deepEqual(closedFolders([join(data, 'builds')], nobody), []);
  assert.deepEqual(openFolders([], [data], data, ['true']), ['true']);
});

test('a program of another account reaches what is kept, at its path, and nothing else', {
  skip: canMount ? false : 'needs root and mount namespaces (unshare --mount)',
}, t => {
  const { home, data } = layout(t);
  const builds = join(data, 'builds');
  const drop = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
  const run = (line: string): string =>
    execFileSync(
      'unshare',
      [
        '--mount',
        '--',
        ...openFolders([home], [builds, join(builds, 'a')], join(builds, 'a'), [...drop, 'sh', '-c', line]),
      ],
      {
        encoding: 'utf8',
      },
    );
  assert.equal(run(`cat file; cat "${builds}/a/file"; pwd`), `contentcontent${join(builds, 'a')}\n`);
  assert.equal(
    run(`ls -A "${home}" "${data}"; cat "${data}/keys/secret" 2>/dev/null || echo hidden`),
    `${home}:\n.causeway\n\n${data}:\nbuilds\nhidden\n`,
  );
});
