import type { ForgeChange } from '@causeway/contracts';
import { isPlatformError } from '@causeway/model';
import type { z } from 'zod';
import { atOnce } from './at-once.ts';
import type { ForgeClient } from './forge-client.ts';

/** Each takes a few requests. */
const changesAtOnce = 4;

export interface WantedChanges<T> {
  readonly client: ForgeClient;
  /** Path of the repository in the API. */
  readonly at: string;
  readonly also: readonly number[];
  /** Of a pull request. */
  readonly schema: z.ZodType<T>;
  readonly signal: AbortSignal;
}

/** The open pull requests, and those that are named and still there. */
export const openAndNamed = async <T>(
  { client, at, also, schema, signal }: WantedChanges<T>,
  toChange: (found: T) => Promise<ForgeChange>,
): Promise<readonly ForgeChange[]> => {
  const pulls = await Array.fromAsync(client.list(`${at}/pulls?state=open`, schema, signal));
  const open = await atOnce(pulls, changesAtOnce, toChange);
  const others = also.filter(number => !open.some(change => change.number === number));
  const ended = await atOnce(others, changesAtOnce, async number => {
    try {
      return [await toChange(await client.get(`${at}/pulls/${number}`, schema, signal))];
    } catch (error) {
      if (isPlatformError(error, 'NotFound')) return [];
      throw error;
    }
  });
  return [...open, ...ended.flat()];
};
