import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import { type Account, closedFolders, isWithin } from '@causeway/drivers';

/** The folder that holds the running Node.js and, where it came with one, its npm. */
export const nodeHome = (): string => {
  const folder = dirname(realpathSync(process.execPath));
  return basename(folder) === 'bin' ? dirname(folder) : folder;
};

/** `false` too for one behind a folder that we may not enter: a PATH often has folders of somebody else. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

const isReachable = (path: string, account: Account | undefined): boolean => {
  try {
    return account === undefined || closedFolders([join(realpathSync(path), 'x')], account).length === 0;
  } catch {
    return false;
  }
};

const isShown = (path: string, hidden: readonly string[]): boolean =>
  !hidden.some(folder => isWithin(realpathSync(path), folder));

/** Folders to look for programs in: the platform's own Node.js, then those of `PATH` that the account may enter and that are not hidden. */
export const searchPath = (
  path: string,
  account: Account | undefined,
  hidden: readonly string[] = [],
): string[] => {
  const given = path.split(delimiter).filter(folder => isAbsolute(folder) && isFolder(folder));
  const usable = given.filter(folder => isReachable(folder, account) && isShown(folder, hidden));
  return [...new Set([dirname(realpathSync(process.execPath)), ...usable])];
};

/** The file that a program's name means. */
export const findProgram = (name: string, folders: readonly string[]): string | undefined => {
  for (const folder of folders) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
};
