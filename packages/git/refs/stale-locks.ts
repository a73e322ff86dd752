import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** git holds the lock of a reference for milliseconds; one that old belongs to a process that was killed. */
const staleMs = 60_000;

/** Removes a lock that nobody holds any more, or it would refuse every later push. */
export const removeStaleLock = async (repository: string, ref: string): Promise<void> => {
  for (const path of [join(repository, `${ref}.lock`), join(repository, 'packed-refs.lock')]) {
    try {
      if (Date.now() - (await stat(path)).mtimeMs > staleMs) await rm(path, { force: true });
    } catch {
      // There is none: the usual case.
    }
  }
};
