import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a reference is to say next, as a file that needs only its name. */
export interface PreparedTip {
  readonly path: string;
  /** Resolves when it is on disk. */
  readonly ready: Promise<void>;
  remove(): Promise<void>;
}

/**
 * Brings to disk where a reference will lead, while nobody has its lock yet: that takes longer than all that is done under it. It
 * lies where git looks for left-over files of its own, and removes them (git-prune(1)).
 */
export const prepareTip = (repository: string, commit: string): PreparedTip => {
  const path = join(repository, 'objects', `tmp_ref_${randomUUID()}`);
  const ready = writeFile(path, `${commit}\n`, { flag: 'wx', flush: true });
  return {
    path,
    ready,
    async remove() {
      await ready.catch(() => {});
      await rm(path, { force: true });
    },
  };
};
