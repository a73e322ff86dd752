import { isPlatformError } from '@causeway/model';
import { longest, mutate } from './mutate.ts';
import { createRandom } from './random.ts';
import type { Target } from './targets.ts';

/** No input may keep the processor busy for longer, milliseconds: several times what the slowest takes on a quiet machine. */
const patienceMs = 3000;

export interface Findings {
  readonly inputs: number;
  /** Inputs that were understood; if none were, the seeds are no good. */
  readonly understood: number;
}

/** An input that broke its decoder, and how to see that again. */
export class Broken extends Error {}

/** Tries changed seeds on a target for so long. Throws `Broken` at the first input that does what none may. */
export const runTarget = async (target: Target, seed: number, milliseconds: number): Promise<Findings> => {
  const random = createRandom(seed);
  const seeds = target.seeds.map(one => (typeof one === 'string' ? Buffer.from(one) : one));
  const limit = target.longest ?? longest;
  const end = performance.now() + milliseconds;
  let understood = 0;
  let inputs = 0;
  for (; inputs < seeds.length || performance.now() < end; inputs++) {
    const input = (seeds[inputs] ?? mutate(seeds, random)).subarray(0, limit);
    const broken = (what: string, cause?: unknown) =>
      new Broken(
        `${target.name}, input ${inputs} of seed ${seed}: ${what}\n${input.length} bytes, base64 of the first: ${input.subarray(0, 600).toString('base64')}\nAgain: npm run fuzz -- --target ${target.name} --seed ${seed}`,
        { cause },
      );
    const begin = process.cpuUsage();
    try {
      await target.decode(input);
      understood += 1;
    } catch (error) {
      if (!isPlatformError(error)) throw broken(`threw ${error}`, error);
      if (error.entry.status >= 500) throw broken(`was answered with ${error.entry.status}`, error);
      if (error.message.trim() === '' || error.message.length > 2000)
        throw broken('was refused without words', error);
    }
    const took = process.cpuUsage(begin).user / 1000;
    if (took > patienceMs) throw broken(`took ${Math.round(took)} ms`);
    if (Object.keys(Object.prototype).length > 0) throw broken('changed Object.prototype');
    // Others in this process get their turn.
    if (inputs % 256 === 0) await new Promise(setImmediate);
  }
  return { inputs, understood };
};
