import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const openUp = async (folder: string): Promise<void> => {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
};

/** Removes a folder, also when the program that filled it took the right to change it away, as some caches do. */
export const removeFolder = async (folder: string): Promise<void> => {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await openUp(folder);
    await rm(folder, { recursive: true, force: true });
  }
};
