import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { identify, ownIdentity } from '../processes/identity.ts';
import { lockHolder, releaseLock, takeLock } from './lock.ts';

const home = await mkdtemp(path.join(os.tmpdir(), 'causeway lock '));
const file = path.join(home, 'lock');
after(() => rm(home, { recursive: true, force: true }));

const heldBy = (identity: unknown): Promise<void> => writeFile(file, JSON.stringify(identity));

test('a free lock is taken, again by the same process, and released', async () => {
  assert.equal(await lockHolder(file), undefined);
  assert.equal(await takeLock(file), undefined);
  assert.equal(await takeLock(file), undefined);
  assert.deepEqual(await lockHolder(file), ownIdentity());
  await releaseLock(file);
  assert.equal(await lockHolder(file), undefined);
  assert.deepEqual(await readdir(home), []);
});

test('the lock of a living process is respected, until it dies by kill -9', async () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(other, 'spawn');
  const identity = identify(other.pid!);
  await heldBy(identity);
  assert.deepEqual(await takeLock(file), identity);
  other.kill('SIGKILL');
  await once(other, 'exit');
  assert.equal(await takeLock(file), undefined);
});

for (const [what, content] of [
  ['whose pid is another process now', { ...ownIdentity(), pid: process.ppid }],
  ['from before the machine started', { ...ownIdentity(), boot: 'earlier' }],
  ['that is damaged', ''],
] as const) {
  test(`a lock ${what} is taken over`, async () => {
    await heldBy(content);
    assert.equal(await takeLock(file), undefined);
    assert.deepEqual(await lockHolder(file), ownIdentity());
  });
}

test('of many that take over a stale lock at once one wins', async () => {
  await heldBy({ ...ownIdentity(), boot: 'earlier' });
  const program = `import { takeLock } from '${import.meta.resolve('./lock.ts')}';
    console.log((await takeLock(process.argv[1])) === undefined ? 'mine' : 'taken');
    process.stdin.resume();`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const said = await Promise.all(
    children.map(async child => String((await once(child.stdout, 'data'))[0]).trim()),
  );
  for (const child of children) child.kill();
  assert.equal(said.filter(word => word === 'mine').length, 1, String(said));
});
