import { normalise } from './normalise.ts';
import { type Observation, runScript } from './run-script.ts';
import type { Chapter } from './script.ts';
import type { Target } from './target.ts';

/** Runs the whole script against a server of its own; what came of each chapter, with everything named that differs from run to run. */
export const transcribe = async (
  start: () => Promise<Target>,
  chapters: readonly Chapter[],
): Promise<ReadonlyMap<string, readonly Observation[]>> => {
  const target = await start();
  try {
    const observed = await runScript(target, chapters);
    return new Map([...observed].map(([chapter, found]) => [chapter, normalise(found)]));
  } finally {
    await target.close();
  }
};
