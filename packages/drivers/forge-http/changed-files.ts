import type { ForgeChange } from '@causeway/contracts';
import { z } from 'zod';
import type { ForgeClient } from './forge-client.ts';

const ChangedFile = z.object({ filename: z.string(), additions: z.int(), deletions: z.int() });

/** As many as a change request shows. */
const mostFiles = 1000;

/** The files that a pull request changes; `path` is that of the pull request in the API. */
export const changedFiles = async (
  client: ForgeClient,
  path: string,
  signal: AbortSignal,
): Promise<ForgeChange['files']> => {
  const files: ForgeChange['files'][number][] = [];
  for await (const { filename, additions, deletions } of client.list(`${path}/files`, ChangedFile, signal)) {
    files.push({ path: filename, added: additions, removed: deletions });
    if (files.length === mostFiles) break;
  }
  return files;
};
