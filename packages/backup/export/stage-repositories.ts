import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, linkTree } from './link-tree.ts';

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Locks, quarantines and files that are still being written. */
const isFinished = (name: string): boolean => !/\.lock$|^tmp_|^incoming-|\.tmp$/.test(name);

const attempts = 5;

/** Objects and packs never change. One that goes while we look was packed into another, which then is there: look again. */
const stageObjects = async (from: string, to: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await linkTree(from, to, isFinished);
    } catch (error) {
      if (!isGone(error) || attempt === attempts) throw error;
      await rm(to, { recursive: true, force: true });
    }
  }
};

/**
 * A bare repository as it is at some moment, pushes going on: references before the packed ones they may move to, both before the
 * logs, which git writes first, and objects last, so that none is missing which a reference names.
 */
const stageRepository = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await copyTree(join(from, 'refs'), join(to, 'refs'), isFinished);
  for (const file of ['HEAD', 'config', 'packed-refs'])
    await copyFile(join(from, file), join(to, file)).catch(error => {
      if (file !== 'packed-refs' || !isGone(error)) throw error;
    });
  for (const folder of ['logs', 'causeway']) await copyTree(join(from, folder), join(to, folder), isFinished);
  await stageObjects(join(from, 'objects'), join(to, 'objects'));
};

const foldersIn = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
};

/** All repositories, those of deleted services too. One that is put aside meanwhile is left out where it was. */
export const stageRepositories = async (from: string, to: string, signal?: AbortSignal): Promise<number> => {
  let count = 0;
  await mkdir(to, { recursive: true, mode: 0o700 });
  const teams = (await foldersIn(from)).filter(name => !name.startsWith('.'));
  const shelves = (await foldersIn(join(from, '.archive'))).map(name => join('.archive', name));
  for (const shelf of [...teams, ...shelves])
    for (const name of await foldersIn(join(from, shelf))) {
      signal?.throwIfAborted();
      if (!name.endsWith('.git')) continue;
      try {
        await stageRepository(join(from, shelf, name), join(to, shelf, name));
        count += 1;
      } catch (error) {
        if (!isGone(error)) throw error;
        await rm(join(to, shelf, name), { recursive: true, force: true });
      }
    }
  return count;
};
