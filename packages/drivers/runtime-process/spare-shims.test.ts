import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '@causeway/testkit/until';
import { allPids, statOf } from './proc.ts';
import { writeOrders } from './shim-orders.ts';
import { SpareShims } from './spare-shims.ts';
import { isRunning } from './testing/bench.ts';

const scratch = async (t: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway spare-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const childrenOf = (parent: number): number[] => allPids().filter(pid => statOf(pid)?.parent === parent);

/** The shims that wait for a workload of this process; every child of it is one. */
const waitingIn = (keeper: number) =>
  until('shims that wait', () => {
    const found = childrenOf(keeper);
    return found.length >= 2 && found;
  });

test('a shim that waits is taken, begins when it is told where, and the others end when nobody keeps them', async t => {
  const folder = await scratch(t);
  const shims = new SpareShims({ folder, launcher: [], busy: () => false });
  const before = await waitingIn(process.pid);
  const { child } = await shims.take();
  assert.ok(before.includes(child.pid!));
  shims.close();
  await until('the others to end', () => before.every(pid => pid === child.pid || !isRunning(pid)));
  assert.ok(isRunning(child.pid!));

  const own = join(folder, 'own');
  await mkdir(own);
  const log = join(folder, 'log');
  writeOrders(own, {
    run: 3,
    log,
    folder,
    command: `echo "$SAID"; exit 7`,
    launcher: [],
    variables: { CAUSEWAY_SHIM_COUNT: '1', CAUSEWAY_SHIM_0: `SAID=it's \\ $HOME "Á"\n'` },
  });
  child.stdin?.end('own\n');
  await once(child, 'exit');
  assert.equal(await readFile(join(own, 'exit.3'), 'utf8'), '7\n');
  assert.equal(Number.parseInt(await readFile(join(own, 'process.3'), 'utf8'), 10), child.pid);
  assert.equal(await readFile(log, 'utf8'), `it's \\ $HOME "Á"\n'\n`);
});

test('shims that wait end when their keeper is killed', async t => {
  const folder = await scratch(t);
  const module = fileURLToPath(new URL('./spare-shims.ts', import.meta.url));
  const keep = `const { SpareShims } = await import(${JSON.stringify(module)}); new SpareShims({ folder: ${JSON.stringify(folder)}, launcher: [], busy: () => false }); setInterval(() => {}, 60_000)`;
  const keeper = spawn(process.execPath, ['--input-type=module', '-e', keep], { stdio: 'ignore' });
  t.after(() => keeper.kill('SIGKILL'));
  const waiting = await waitingIn(keeper.pid!);
  keeper.kill('SIGKILL');
  await until('them to end', () => !waiting.some(isRunning));
});
