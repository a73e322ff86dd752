import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../program/run-git.ts';

/** Every push leaves a pack, and each pack makes the next push slower. */
const manyPacks = 24;
const manyRefs = 200;
const dayMs = 24 * 60 * 60 * 1000;

const count = async (folder: string, suffix: string): Promise<number> =>
  (await readdir(folder)).filter(name => name.endsWith(suffix)).length;

/** Quarantines of pushes whose git was killed. */
const removeLeftovers = async (objects: string): Promise<void> => {
  for (const name of await readdir(objects)) {
    const path = join(objects, name);
    if (name.startsWith('tmp_objdir-') && Date.now() - (await stat(path)).mtimeMs > dayMs)
      await rm(path, { recursive: true, force: true });
  }
};

/**
 * Keeps a repository quick, after a push and outside of it: merges small packs into larger ones, references into one file. Nothing is ever
 * dropped, not even what no reference reaches any more. Safe beside pushes and fetches. `updates`: how many references the push moved.
 */
export const tidy = async (repository: string, updates: number): Promise<void> => {
  const objects = join(repository, 'objects');
  await removeLeftovers(objects);
  if ((await count(join(objects, 'pack'), '.pack')) >= manyPacks) {
    await runGit(['repack', '--geometric=2', '-d', '-q'], { repository });
  }
  if (updates >= manyRefs) await runGit(['pack-refs', '--all'], { repository });
};
