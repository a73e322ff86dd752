import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { socketFolderFor } from '@causeway/postgres';
import { dataPaths } from './paths.ts';

/**
 * Deletes DATA, in which artifacts are read-only to their owner too, and the folder of PostgreSQL's socket. What shows
 * that it is the folder of a platform goes last, so that it can be done again after a failure.
 */
export const deleteData = async (data: string): Promise<void> => {
  const { format, postgres } = dataPaths(data);
  await rm(socketFolderFor(postgres), { recursive: true, force: true });
  for (const name of await readdir(data)) {
    const entry = path.join(data, name);
    if (entry !== format) await deleteFolder(entry);
  }
  await deleteFolder(data);
};

/** Deletes a folder with all in it, also what is read-only to its owner. */
export const deleteFolder = async (folder: string): Promise<void> => {
  const deletion = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  await deletion().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error;
    await makeWritable(folder);
    await deletion();
  });
};

const makeWritable = async (folder: string): Promise<void> => {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(path.join(folder, entry.name));
  }
};
