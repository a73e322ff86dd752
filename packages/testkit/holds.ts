import type { IAsyncProperty, IProperty, Parameters } from 'fast-check';

/** How many times as many cases are tried, for a longer look: `CAUSEWAY_RUNS=50 npm test -- FILE`. */
const factor = Number(process.env.CAUSEWAY_RUNS ?? 1);

/**
 * Tries a property of fast-check on many inputs. A failure names the smallest input found and the seed;
 * `CAUSEWAY_SEED=N` repeats that run.
 */
export const holds = async <T>(property: IProperty<T> | IAsyncProperty<T>, runs = 300): Promise<void> => {
  const { assert } = await import('fast-check');
  const seed = process.env.CAUSEWAY_SEED;
  const parameters: Parameters<T> = {
    numRuns: Math.ceil(runs * factor),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
  await assert(property, parameters);
};
