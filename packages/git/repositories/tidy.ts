import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../program/run-git.ts';

/** Every push leaves a pack, and each pack makes the next push slower. */
const manyPacks = 24;
const manyRefs = 200;
/** A quarantine that nothing was written to for so long belongs to a push whose git or server was killed. */
const staleMs = 60 * 60 * 1000;

const count = async (folder: string, suffix: string): Promise<number> =>
  (await readdir(folder)).filter(name => name.endsWith(suffix)).length;

const lastWrite = async (quarantine: string): Promise<number> => {
  const names = await readdir(quarantine, { recursive: true });
  const times = ['.', ...names].map(async name => (await stat(join(quarantine, name))).mtimeMs);
  return Math.max(...(await Promise.all(times)));
};

const removeQuarantines = async (objects: string): Promise<void> => {
  for (const name of (await readdir(objects)).filter(each => each.startsWith('tmp_objdir-'))) {
    const path = join(objects, name);
    try {
      if (Date.now() - (await lastWrite(path)) > staleMs) await rm(path, { recursive: true, force: true });
    } catch {
      // Its push has just ended.
    }
  }
};

/**
 * Keeps a repository quick, after a push and outside of it: merges small packs into larger ones, references
 * into one file. Nothing is ever dropped, not even what no reference reaches any more. Safe beside pushes and
 * fetches. `updates`: how many references the push moved.
 */
export const tidy = async (repository: string, updates: number): Promise<void> => {
  const objects = join(repository, 'objects');
  await removeQuarantines(objects);
  if ((await count(join(objects, 'pack'), '.pack')) >= manyPacks) {
    await runGit(['repack', '--geometric=2', '-d', '-q'], { repository });
  }
  if (updates >= manyRefs) await runGit(['pack-refs', '--all'], { repository });
};
