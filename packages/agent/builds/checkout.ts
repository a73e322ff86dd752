import { readlinkSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { PlatformError } from '@causeway/model';
import { runGit } from './run-git.ts';
import type { TreeEntry } from './source-listing.ts';

export interface CheckoutOptions {
  readonly repository: string;
  /** What git takes for a tree. */
  readonly tree: string;
  /** Made unless it is there; then it is empty. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Writes the files of a tree into a folder. One git process with an index of its own: `read-tree -u` runs no hooks, knows no filters
 * (none are configured), and never writes through a link.
 */
export const checkout = async ({ repository, tree, folder, signal }: CheckoutOptions): Promise<void> => {
  const index = `${folder}.index`;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  try {
    await runGit(['read-tree', '-u', '--reset', tree], {
      repository,
      signal,
      variables: { GIT_INDEX_FILE: index, GIT_WORK_TREE: folder },
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new PlatformError('UnsafeTree', 'git refused to write the files of the commit.', {
      evidence: error instanceof PlatformError ? error.evidence : [String(error)],
      cause: error,
    });
  } finally {
    rmSync(index, { force: true });
  }
};

/** Path of each symbolic link of a checked-out tree → what it holds; one character a byte. */
export const linkTargets = (folder: string, entries: readonly TreeEntry[]): Map<string, string> =>
  new Map(
    entries
      .filter(entry => entry.mode === '120000')
      .map(({ path }) => {
        const full = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
        return [path, readlinkSync(full, { encoding: 'latin1' })] as const;
      }),
  );
