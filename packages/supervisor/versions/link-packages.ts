import {
  constants,
  copyFileSync,
  type Dirent,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

/**
 * Links the packages of the checkout into a version: they take no second place on the disk, and stay when npm replaces
 * those of the checkout, which it does file by file, never in place. Packages for development are left out.
 */
export const linkPackages = (checkout: string, version: string): void => {
  const development = developmentPackages(checkout);
  for (const folder of ['node_modules', ...workspacePackages(checkout)])
    linkFolder(checkout, version, folder, development);
};

/** A file of its own in the new place: a hard link, or where that is not possible a copy. */
export const linkFile = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch {
    // Another disk, a file of somebody else (sysctl fs.protected_hardlinks), too many links.
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
};

/**
 * npm's record of what it installed: `node_modules/zod` → its entry. Without what only development needs, so that
 * installing that too makes no other version.
 */
export const runtimePackages = (checkout: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(installedPackages(checkout)).filter(([, { dev }]) => !dev));

const developmentPackages = (checkout: string): ReadonlySet<string> => {
  const packages = installedPackages(checkout);
  return new Set(Object.keys(packages).filter(name => packages[name]?.dev));
};

const installedPackages = (checkout: string): Record<string, { readonly dev?: boolean }> => {
  const text = readIfThere(path.join(checkout, 'node_modules', '.package-lock.json'));
  return text === undefined ? {} : JSON.parse(text).packages;
};

const workspacePackages = (checkout: string): string[] =>
  entriesOf(path.join(checkout, 'packages')).map(({ name }) => path.join('packages', name, 'node_modules'));

const linkFolder = (
  checkout: string,
  version: string,
  folder: string,
  leftOut: ReadonlySet<string>,
): void => {
  const entries = entriesOf(path.join(checkout, folder));
  if (entries.length > 0) mkdirSync(path.join(version, folder), { recursive: true });
  for (const entry of entries) {
    const relative = path.join(folder, entry.name);
    const [from, to] = [path.join(checkout, relative), path.join(version, relative)];
    if (entry.name === '.bin' || leftOut.has(relative)) continue;
    if (entry.isDirectory()) linkFolder(checkout, version, relative, leftOut);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else linkFile(from, to);
  }
};

const entriesOf = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
};

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
