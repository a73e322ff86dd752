import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkerMissing } from './linearizability.ts';
import { runTrial } from './trial.ts';

const kills = 200;

test('[ENG1] [ENG2] [ENG4] [ENG5] [ENG6] [ENG7] [ENG8] [ENG12] 16 clients, several servers, one PostgreSQL, 200 kills: nothing is lost, repeated or reordered', {
  skip: await checkerMissing(),
  timeout: 25 * 60_000,
}, async () => {
  const seed = Number(process.env.CAUSEWAY_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const folder = await mkdtemp(join(tmpdir(), 'causeway-kills-'));
  const trace = `seed ${seed} (CAUSEWAY_SEED), everything is kept in ${folder}`;
  const result = await runTrial({ seed, kills, folder }).catch(error => {
    throw new Error(`${(error as Error).message}; ${trace}`, { cause: error });
  });
  assert.deepEqual(result.problems.slice(0, 20), [], `${result.problems.length} problems; ${trace}`);
  // A trial in which nothing happened would prove nothing.
  assert.ok(result.acknowledged > 5 * kills, `only ${result.acknowledged} writes; ${trace}`);
  assert.ok(result.watchBreaks > kills / 4, `only ${result.watchBreaks} broken watches; ${trace}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
