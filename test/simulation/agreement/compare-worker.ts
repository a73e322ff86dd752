import { parentPort, workerData } from 'node:worker_threads';
import { replaceAtImport } from '../plants/plant-bug.ts';
import { sqlPlants } from './sql-plants.ts';

/** What a worker does: one comparison, with a bug in the engine’s SQL. */
export interface PlantedComparison {
  readonly plant: string;
  readonly connectionString: string;
  readonly seed: number;
  readonly steps: number;
}

const { plant, connectionString, seed, steps } = workerData as PlantedComparison;
const planted = sqlPlants[plant];
if (!planted) throw new Error(`no bug is called ${plant}`);
replaceAtImport([planted.replace]);
// Only now: a bug is planted as the engine is imported.
const { firstDifference } = await import('./compare-worlds.ts');
parentPort?.postMessage(await firstDifference(connectionString, seed, steps));
