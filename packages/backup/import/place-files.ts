import { chmod, lstat, readdir, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFormat, dataPaths } from '@causeway/supervisor';

/** Folders of an archive that are folders of DATA. */
const folders = ['repositories', 'keys', 'credentials', 'artifacts', 'dependencies', 'workloads'];

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** What builds made links to dependencies by their full path: it now is another one. */
const redirectLinks = async (artifacts: string, from: string, to: string): Promise<void> => {
  for (const entry of await readdir(artifacts, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = await readlink(path);
    if (!target.startsWith(`${from}/`)) continue;
    await replaceLink(path, to + target.slice(from.length), entry.parentPath);
  }
};

/** Also in a folder that nobody may write to. */
const replaceLink = async (path: string, target: string, folder: string): Promise<void> => {
  const { mode } = await stat(folder);
  await chmod(folder, mode | 0o200);
  await rm(path);
  await symlink(target, path);
  await chmod(folder, mode);
};

/** Puts what was unpacked in its place in DATA. A configuration that is there stays. @returns whether the archive’s was taken. */
export const placeFiles = async (unpacked: string, data: string, exportedFrom: string): Promise<boolean> => {
  const artifacts = join(unpacked, 'artifacts');
  if (exportedFrom !== data && (await isThere(artifacts))) await redirectLinks(artifacts, exportedFrom, data);
  for (const name of folders)
    if (await isThere(join(unpacked, name))) await rename(join(unpacked, name), join(data, name));
  const { configuration } = dataPaths(data);
  const given = join(unpacked, 'config.yaml');
  if (!(await isThere(given)) || (await isThere(configuration))) return false;
  await rename(given, configuration);
  return true;
};

/** From now on the folder is one of a platform. */
export const writeFormat = (data: string): Promise<void> =>
  writeFile(dataPaths(data).format, `${dataFormat}\n`, { mode: 0o600, flush: true });
