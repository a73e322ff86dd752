import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runSeeds } from './run-seeds.ts';
import { simulate } from './world/simulate.ts';

const command = fileURLToPath(new URL('./simulate.ts', import.meta.url));

const replay = async (seed: number): Promise<string[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, [command, '--seed', String(seed)], {
    maxBuffer: 1 << 26,
  });
  return stdout.trimEnd().split('\n').slice(0, -1);
};

test('[ENG1] [ENG2] [ENG3] [ENG4] [ENG5] [ENG7] [ENG8] [ENG9] [ENG12] [ENG16] [PAST1] [PAST2] 10,000 worlds keep every promise', async t => {
  const began = performance.now();
  const { seeds, failed, revisions, happened } = await runSeeds(1, 10_000);
  const seconds = (performance.now() - began) / 1000;
  t.diagnostic(`${seeds} seeds with ${revisions} revisions in ${seconds.toFixed(1)} s`);
  assert.equal(seeds, 10_000);
  assert.deepEqual(failed, [], failed.map(({ seed }) => `npm run simulate -- --seed ${seed}`).join('\n'));
  // A fault that hardly ever strikes proves nothing.
  const rare = [...happened].filter(([, times]) => times < 50);
  assert.deepEqual(rare, []);
});

test('a seed replays to the byte, whatever ran before it, traced or not', async () => {
  for (const seed of [3, 44, 7001]) {
    const first = await simulate(seed, { trace: true });
    const again = await simulate(seed, { trace: true });
    assert.deepEqual(again.trace, first.trace);
    assert.deepEqual(await replay(seed), first.trace);
    const silent = await simulate(seed);
    assert.equal(silent.callbacks, first.callbacks);
    assert.equal(silent.lasted, first.lasted);
  }
});

test('a log of changes that is trimmed all the time loses nothing', async () => {
  const { failed } = await runSeeds(1, 1000, { plant: 'small-log' });
  assert.deepEqual(failed, []);
});
