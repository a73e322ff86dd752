import { parentPort, workerData } from 'node:worker_threads';
import type { Happening } from './core/happening.ts';
import { plantBug } from './plants/plant-bug.ts';
import type { FailedSeed, SeedsReport, Share } from './run-seeds.ts';

const { world, from, until, step, stopAtFirst, plant } = workerData as Share;
const createDatabase = plant ? await plantBug(plant) : undefined;
// Only now: a bug is planted as the engine is imported.
const { worlds } = await import('./worlds.ts');
const { simulate } = worlds[world];

const failed: FailedSeed[] = [];
let seeds = 0;
let revisions = 0;
let simulatedMs = 0;
const happened = new Map<Happening, number>();
for (let seed = from; seed < until; seed += step) {
  const outcome = await simulate(seed, createDatabase ? { createDatabase } : {});
  seeds += 1;
  revisions += outcome.revisions;
  simulatedMs += outcome.lasted;
  for (const [what, times] of outcome.happened) happened.set(what, (happened.get(what) ?? 0) + times);
  if (outcome.problems.length > 0) failed.push({ seed, problems: outcome.problems });
  if (stopAtFirst && failed.length > 0) break;
}
parentPort?.postMessage({ seeds, failed, revisions, simulatedMs, happened } satisfies SeedsReport);
