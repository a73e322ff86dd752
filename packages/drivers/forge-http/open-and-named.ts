import type { ForgeChange } from '@causeway/contracts';
import { isPlatformError } from '@causeway/model';
import type { z } from 'zod';
import type { ForgeClient } from './forge-client.ts';

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
  const found: ForgeChange[] = [];
  for await (const open of client.list(`${at}/pulls?state=open`, schema, signal))
    found.push(await toChange(open));
  for (const number of also) {
    if (found.some(change => change.number === number)) continue;
    try {
      found.push(await toChange(await client.get(`${at}/pulls/${number}`, schema, signal)));
    } catch (error) {
      if (!isPlatformError(error, 'NotFound')) throw error;
    }
  }
  return found;
};
