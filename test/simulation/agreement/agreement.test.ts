import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { testDatabase } from '@causeway/testkit';
import type { PlantedComparison } from './compare-worker.ts';
import { firstDifference } from './compare-worlds.ts';
import { sqlPlants } from './sql-plants.ts';

const steps = 200;

const onDatabase = async <T>(work: (connectionString: string) => Promise<T>): Promise<T> => {
  const database = await testDatabase();
  try {
    return await work(database.connectionString);
  } finally {
    await database.close();
  }
};

const differencePlanted = (workerData: PlantedComparison): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`a comparison ended with ${code}`)));
  });

describe('the simulated database answers as PostgreSQL does', () => {
  for (const seed of [1, 2, 3, 4])
    test(`seed ${seed}`, async () => {
      const difference = await onDatabase(connectionString => firstDifference(connectionString, seed, steps));
      assert.equal(difference, undefined);
    });
});

// The simulation does not run the engine’s SQL. What is wrong there must show as a difference.
describe('a bug in the SQL is a difference', () => {
  for (const [plant, { bug }] of Object.entries(sqlPlants))
    test(`${plant}: ${bug}`, async t => {
      const difference = await onDatabase(connectionString =>
        differencePlanted({ plant, connectionString, seed: 1, steps }),
      );
      assert.ok(difference);
      t.diagnostic(difference.split('\n').slice(-2).join('\n').slice(0, 400));
    });
});
