import { link, rename, rm, writeFile } from 'node:fs/promises';

let count = 0;

/** Replaces a file in one step, mode 0600: a reader sees the old content or the new. */
export const writeAtomically = async (file: string, content: string, flush = false): Promise<void> => {
  count += 1;
  const unfinished = `${file}.${process.pid}.${count}`;
  await writeFile(unfinished, content, { mode: 0o600, flush });
  await rename(unfinished, file);
};

/** Makes a file, mode 0600, whole and on disk, unless it is there: of several who try at once one does, and all read the same. */
export const writeOnce = async (file: string, content: string): Promise<void> => {
  count += 1;
  const unfinished = `${file}.${process.pid}.${count}`;
  await writeFile(unfinished, content, { mode: 0o600, flush: true });
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
};
