import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { outsidePostgresMissing } from '@causeway/testkit';
import { checkerMissing } from './linearizability.ts';
import { startReplicatedDatabase } from './replicated-database.ts';
import { runTrial } from './trial.ts';

const failOvers = 5;

test('[ENG6] [ENG15] the primary is killed -9 and its standby promoted, five times: nothing acknowledged is lost, watchers see no gap', {
  skip: outsidePostgresMissing(15) || (await checkerMissing()),
  timeout: 15 * 60_000,
}, async context => {
  const seed = Number(process.env.CAUSEWAY_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const folder = await mkdtemp(join(tmpdir(), 'causeway-fail-over-'));
  const trace = `seed ${seed} (CAUSEWAY_SEED), everything is kept in ${folder}`;
  const result = await runTrial({
    seed,
    kills: failOvers,
    folder,
    clients: 8,
    servers: 2,
    startDatabase: startReplicatedDatabase,
    onlyDatabase: true,
  }).catch(error => {
    throw new Error(`${(error as Error).message}; ${trace}`, { cause: error });
  });
  assert.deepEqual(result.problems.slice(0, 20), [], `${result.problems.length} problems; ${trace}`);
  context.diagnostic(
    `${result.acknowledged} writes acknowledged, ${result.unknown} unanswered; from kill to writes again: ${result.disturbed.recoveries.map(ms => `${Math.round(ms)} ms`).join(', ')}`,
  );
  assert.ok(result.acknowledged > 5 * failOvers, `only ${result.acknowledged} writes; ${trace}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
