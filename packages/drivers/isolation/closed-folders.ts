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

/**
 * Arguments: what `openFolders` makes. In a mount namespace of its own, covers each closed folder with an empty one that everybody
 * may enter and puts the kept folders back at their paths; the rest of the closed folder is hidden. Then runs the command.
 * A descriptor holds the covered folder, and `mount -c` keeps it from being turned into the path that is now covered.
 */
const script = `set -eu
umask 022
folder=$1; shift
while [ "$1" != -- ]; do
  closed=$1; shift
  exec 9<"$closed"
  mount -t tmpfs -o mode=0755,nosuid,nodev,size=1m tmpfs "$closed"
  while [ "$1" != - ]; do
    mkdir -p "$1"
    mount -c --bind "/proc/self/fd/9/\${1#"$closed"/}" "$1"
    shift
  done
  shift
  exec 9<&-
done
shift
cd "$folder"
exec "$@"`;

/**
 * The command, preceded by what gives it a way to `keep` through closed folders; it starts in `folder`. To be run as root in a new mount
 * namespace (`unshare --mount`). Nothing is added when nothing is closed.
 */
export const openFolders = (
  closed: readonly string[],
  keep: readonly string[],
  folder: string,
  command: readonly string[],
): string[] => {
  if (closed.length === 0) return [...command];
  // What lies in another kept folder comes with it.
  const kept = keep.filter(
    (path, at) =>
      !keep.some((other, index) => index !== at && isWithin(path, other) && (other !== path || index < at)),
  );
  const covers = closed.flatMap(top => [top, ...kept.filter(path => isWithin(path, top)), '-']);
  return ['sh', '-c', script, 'sh', folder, ...covers, '--', ...command];
};
