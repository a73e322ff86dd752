import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Milliseconds between two looks, for something that passes quickly. */
  readonly everyMs?: number;
  /** Milliseconds after which it is given up, where waiting in vain is what is looked at, or much has to be done. */
  readonly patienceMs?: number;
  /** How things stand, for the failure. */
  readonly seen?: () => unknown;
}

/** Only a test that fails waits this long. A shared machine is at times thirty times slower than a quiet one. */
const usualPatienceMs = 180_000;

/** Who looks all the time takes the processor from what is waited for: a twentieth of the time that has passed, within bounds. */
const pauseAfter = (waitedMs: number): number => Math.min(100, Math.max(5, waitedMs / 20));

const inWords = (seen: unknown): string => (typeof seen === 'string' ? seen : JSON.stringify(seen));

/**
 * Looks again and again until there is something: anything but `undefined` and `false`. Returns what was found.
 *
 * @throws Error naming what was waited for in vain, and whatever a look throws.
 */
export const until = async <T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { everyMs, patienceMs = usualPatienceMs, seen }: Patience = {},
): Promise<T> => {
  for (const began = performance.now(); ; ) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    const waitedMs = performance.now() - began;
    if (waitedMs >= patienceMs) {
      const state = seen ? `; as it is now: ${inWords(await seen())}` : '';
      throw new Error(`waited ${patienceMs / 1000} s in vain for: ${what}${state}`);
    }
    await sleep(everyMs ?? pauseAfter(waitedMs));
  }
};
