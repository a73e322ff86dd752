import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { simulateEnvironments } from './environments/simulate-environments.ts';
import { runSeeds } from './run-seeds.ts';

// Environments in a simulated world: the reconcilers of requests, environments, builds, releases, rollouts and routes of production, on
// one to three servers that die at each step of the way there and back. Git and forges stay out: what services have released, and what
// is at the head of a branch, is given. Agent and gateway are played, over the client’s own informer.

const command = fileURLToPath(new URL('./simulate.ts', import.meta.url));

// Ten times as many as there are steps: each is the first at which somebody dies in ten of them.
const seeds = 210;

test('[ENV1] [ENV3] [ENV4] [ENV5] [ENV12] [ENV15] [ENG16] [ENG17] environments come, last and go as promised, whatever dies and whoever sets a clock', async t => {
  const { failed, revisions, happened } = await runSeeds(1, seeds, { world: 'environments' });
  t.diagnostic(`${seeds} seeds with ${revisions} revisions`);
  assert.deepEqual(
    failed,
    [],
    failed.map(({ seed }) => `npm run simulate -- --world environments --seed ${seed}`).join('\n'),
  );
  // A fault that hardly ever strikes proves nothing.
  const rare = [...happened].filter(([, times]) => times < 2);
  assert.deepEqual(rare, []);
});

test('a seed of theirs replays to the byte, traced or not', async () => {
  const seed = 7;
  const first = await simulateEnvironments(seed, { trace: true });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [command, '--world', 'environments', '--seed', String(seed)],
    { maxBuffer: 1 << 26 },
  );
  assert.deepEqual(stdout.trimEnd().split('\n').slice(0, -1), first.trace);
  const silent = await simulateEnvironments(seed);
  assert.equal(silent.callbacks, first.callbacks);
  assert.equal(silent.lasted, first.lasted);
});
