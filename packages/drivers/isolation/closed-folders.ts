import { statSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** Who a program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Whether the account may pass through a folder, by its permission bits. */
const mayEnter = (folder: string, { uid, gid }: Account): boolean => {
  const stat = statSync(folder);
  const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0;
  return ((stat.mode >> shift) & 1) === 1;
};

/** `/a/b/c` → `/`, `/a`, `/a/b`. */
const ancestors = (path: string): string[] => {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestors(parent), parent];
};

/** The topmost folder on the way to each path that the account may not enter, each once: a home of mode 0700, say. */
export const closedFolders = (paths: readonly string[], account: Account): string[] => [
  ...new Set(paths.flatMap(path => ancestors(path).find(folder => !mayEnter(folder, account)) ?? [])),
];

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
