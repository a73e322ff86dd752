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

/** Paths such as `node_modules/typescript`, as npm's record of what it installed has them. */
const developmentPackages = (checkout: string): ReadonlySet<string> => {
  const record = path.join(checkout, 'node_modules', '.package-lock.json');
  const text = readIfThere(record);
  const packages: Record<string, { dev?: boolean }> = text === undefined ? {} : JSON.parse(text).packages;
  return new Set(Object.keys(packages).filter(name => packages[name]?.dev));
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
