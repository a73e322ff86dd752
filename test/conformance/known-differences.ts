import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Difference } from './compare.ts';

/** A difference that is meant, or that is not worth mending, with its reason. SPEC.md lists them. */
export interface KnownDifference {
  readonly id: string;
  /** How ours differs, in a sentence. */
  readonly ours: string;
  readonly reason: string;
  /** A regular expression for the whole path of anything but the status. */
  readonly path?: string;
  /** The statuses of ours that may be others than the real server's: without it none may. */
  readonly statuses?: readonly number[];
  /** Only texts that are the real server's and go on. */
  readonly sort?: 'more';
  /** Where it occurs: in each of these steps, or, when not given, in one or more of all. */
  readonly steps?: readonly string[];
}

const file = path.join(import.meta.dirname, 'known-differences.yaml');

export const readKnownDifferences = async (): Promise<readonly KnownDifference[]> =>
  parse(await readFile(file, 'utf8')) as KnownDifference[];

export const writeKnownDifferences = (known: readonly KnownDifference[]): Promise<void> =>
  writeFile(file, stringify(known, { lineWidth: 0 }));

const covers = (known: KnownDifference, { path: place, sort, step, ours }: Difference): boolean =>
  (place === 'status'
    ? known.statuses?.includes(Number(ours)) === true
    : known.path !== undefined && new RegExp(`^(?:${known.path})$`).test(place)) &&
  (known.sort === undefined || known.sort === sort) &&
  (known.steps === undefined || known.steps.includes(step));

export interface Verdict {
  /** Differences that nobody has listed. */
  readonly unlisted: readonly Difference[];
  /** What is listed and does not occur: `ID`, or `ID in STEP`. */
  readonly stale: readonly string[];
}

export const judge = (differences: readonly Difference[], known: readonly KnownDifference[]): Verdict => ({
  unlisted: differences.filter(difference => !known.some(one => covers(one, difference))),
  stale: known.flatMap(one => {
    const found = differences.filter(difference => covers(one, difference));
    if (!one.steps) return found.length > 0 ? [] : [one.id];
    return one.steps
      .filter(step => !found.some(difference => difference.step === step))
      .map(step => `${one.id} in ${step}`);
  }),
});

/** What is listed, without what does not occur. */
export const withoutStale = (
  differences: readonly Difference[],
  known: readonly KnownDifference[],
): readonly KnownDifference[] =>
  known.flatMap(one => {
    const found = differences.filter(difference => covers(one, difference));
    if (found.length === 0) return [];
    const { steps } = one;
    return [steps ? { ...one, steps: steps.filter(step => found.some(at => at.step === step)) } : one];
  });
