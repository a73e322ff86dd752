import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { until } from '@causeway/testkit/until';
import { createRepositories } from '../repositories/create-repositories.ts';
import { git, gitEnded, gitOk, leftovers, seesProcesses, temporaryFolder } from '../testing/git-host.ts';

const id = { team: 'shop', service: 'api' };

const setUp = async (t: { after(fn: () => unknown): void }) => {
  const folder = temporaryFolder(t);
  const repositories = createRepositories({ folder: join(folder, 'repositories') });
  await repositories.ensure(id, 'main');
  const clone = join(folder, 'clone');
  await gitOk(folder, 'init', '-q', clone);
  await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', 'first');
  const children = new Set<ChildProcess>();
  t.after(async () => {
    for (const child of children) await kill(child);
  });

  const start = async (stay = '') => {
    const program = join(import.meta.dirname, '..', 'testing', 'server-process.ts');
    const child = spawn(process.execPath, [program, join(folder, 'repositories'), stay], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const line = async (): Promise<string> => (await lines.next()).value ?? '';
    const url = `http://x:ada@127.0.0.1:${await line()}/git/shop/api.git`;
    return { child, url, line };
  };
  return { repositories, clone, bare: join(folder, 'repositories', 'shop', 'api.git'), start };
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

test('a server that dies while it judges refuses the push, and keeps nobody waiting', async t => {
  const { repositories, clone, bare, start } = await setUp(t);
  const { child, url, line } = await start('judge');
  const push = git(clone, 'push', url, 'main');
  assert.equal(await line(), 'judging');
  assert.notDeepEqual(leftovers(bare), [], 'the push is in quarantine');
  await kill(child);
  assert.notEqual((await push).status, 0);
  await gitEnded(bare);
  assert.deepEqual(leftovers(bare), []);
  assert.equal(await repositories.resolve(id, 'main'), undefined);
  const next = await start();
  await gitOk(clone, 'push', '-q', next.url, 'main');
});

test('a push that was recorded stays when the server dies while it reports', seesProcesses, async t => {
  const { repositories, clone, bare, start } = await setUp(t);
  const { child, url, line } = await start('report');
  const push = git(clone, 'push', url, 'main');
  assert.equal(await line(), 'judging');
  assert.equal(await line(), 'reporting');
  await kill(child);
  await push;
  await gitEnded(bare);
  const head = await gitOk(clone, 'rev-parse', 'HEAD');
  assert.deepEqual(
    (await repositories.pushes(id, 'main', 0)).map(each => [each.commit, each.by]),
    [[head, 'ada']],
  );
});

test('killed at any moment, what was acknowledged is there, and the next push works', async t => {
  const { repositories, clone, bare, start } = await setUp(t);
  const seed = Number(process.env.CAUSEWAY_SEED ?? Date.now() % 100_000);
  const random = (() => {
    let state = seed;
    return () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
  })();
  for (let round = 0; round < 6; round++) {
    const { child, url } = await start();
    await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', `${round}`);
    const head = await gitOk(clone, 'rev-parse', 'HEAD');
    const delay = 10 + random() * 60;
    const push = git(clone, 'push', url, 'main');
    await new Promise(resolve => setTimeout(resolve, delay));
    await kill(child);
    const { status, text } = await push;
    await gitEnded(bare);
    const told = `seed ${seed}, round ${round}, ${Math.round(delay)} ms: ${text}`;
    const tip = await repositories.resolve(id, 'main');
    if (status === 0) assert.equal(tip, head, told);
    const last = (await repositories.pushes(id, 'main', 0)).at(-1);
    assert.equal(last?.commit, tip, told);
  }
  // git leaves its quarantine when it dies of writing to a server that is gone. The next push clears away what is old.
  const old = (name: string): void => utimesSync(join(bare, 'objects', name), new Date(0), new Date(0));
  for (const name of leftovers(bare).reverse()) old(name);
  const { url, child } = await start();
  await gitOk(clone, 'commit', '-q', '--allow-empty', '-m', 'last');
  await gitOk(clone, 'push', '-q', url, 'main');
  await until('leftovers are cleared away', () => leftovers(bare).length === 0);
  await kill(child);
  const pushes = await repositories.pushes(id, 'main', 0);
  for (const [index, push] of pushes.entries())
    assert.equal(push.before, pushes[index - 1]?.commit, `seed ${seed}`);
  assert.equal(pushes.at(-1)?.commit, await gitOk(clone, 'rev-parse', 'HEAD'));
  await gitOk(bare, 'fsck', '--strict');
});
