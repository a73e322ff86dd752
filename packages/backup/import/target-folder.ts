import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { stopPostgres } from '@causeway/postgres';
import { dataPaths, deleteFolder, importMark, takeLock } from '@causeway/supervisor';

/** Where an archive is unpacked before anything takes its place. */
export const unpackedFolder = (data: string): string => join(data, 'unpacked');

/** What people prepare before an import. A configuration that is there stays. */
const mayBeThere = new Set(['config.yaml', 'lost+found']);

/** Ends and removes what an import made that did not come to its end. What people had prepared stays. */
export const undoImport = async (data: string, configurationWasThere: boolean): Promise<void> => {
  const { postgres } = dataPaths(data);
  await stopPostgres(postgres);
  for (const name of await readdir(data)) {
    if (name === importMark || name === 'lost+found') continue;
    if (name === 'config.yaml' && configurationWasThere) continue;
    await deleteFolder(join(data, name));
  }
  await rm(join(data, importMark), { force: true });
};

/**
 * Makes the folder ready for an import and marks it as being filled. What an interrupted one left is removed; anything else that is
 * there is refused as `DataUnusable`. @returns the folder without links.
 */
export const claimTarget = async (folder: string): Promise<string> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = await realpath(folder);
  const names = await readdir(data);
  const interrupted = names.includes(importMark);
  const strange = names.filter(name => !mayBeThere.has(name) && name !== importMark);
  if (!interrupted && strange.length > 0)
    throw new PlatformError(
      'DataUnusable',
      names.includes('format') ? `${data} is the folder of a platform already.` : `${data} is not empty.`,
      {
        evidence: strange.slice(0, 10),
        next: 'Import into a new folder: platform import FILE --data DIR. Nothing was changed.',
      },
    );
  const other = await takeLock(join(data, importMark));
  if (other !== undefined)
    throw new PlatformError('Conflict', `Another import fills ${data} now.`, {
      evidence: [`process ${other.pid}`],
      next: 'Wait for it.',
    });
  if (interrupted) {
    await stopPostgres(dataPaths(data).postgres);
    for (const name of strange) await deleteFolder(join(data, name));
  }
  return data;
};
