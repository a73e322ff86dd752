import { relative } from 'node:path';
import { isWithin } from '../isolation/closed-folders.ts';

/** What a workload shall see. All paths are absolute and free of symbolic links. */
export interface View {
  /** Folders whose content it must not see: the platform's data, somebody's home. */
  readonly hidden: readonly string[];
  /** Seen at the same path, also beneath a hidden folder; not writable. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Appears as `/tmp`. */
  readonly tmp: string;
}

export interface Bind {
  readonly path: string;
  readonly writable: boolean;
}

/** A folder that is covered, and what is put back beneath it. */
export interface Cover {
  readonly path: string;
  /** What lies there instead; nothing when absent. */
  readonly source?: string;
  readonly binds: readonly Bind[];
}

const outermost = (paths: readonly string[]): string[] =>
  [...new Set(paths)].filter(path => !paths.some(other => other !== path && isWithin(path, other)));

/** Covers, each beside the others, never one within another. What contains a hidden folder is not put back. */
export const planCovers = (view: View): Cover[] => {
  const tmp = '/tmp';
  const revealing = (path: string): boolean => view.hidden.some(hidden => isWithin(hidden, path));
  const binds = [
    ...outermost(view.readable.filter(path => !revealing(path))).map(path => ({ path, writable: false })),
    ...view.writable.map(path => ({ path, writable: true })),
  ];
  return outermost([...view.hidden, tmp]).map(path => ({
    path,
    ...(path === tmp ? { source: view.tmp } : {}),
    binds: binds.filter(bind => isWithin(bind.path, path)),
  }));
};

const escapePath = (path: string): string =>
  path.replaceAll(/[\s\\#]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);

/**
 * The covers as an fstab, made top to bottom by `mount --all`. A cover hides the sources of what is put back beneath it,
 * so each is first put together in a folder of `staging` and then laid over its place; the one that hides `staging` last.
 */
export const mountTable = (covers: readonly Cover[], staging: string): string => {
  const entry = (source: string, target: string, options: string, type = 'none'): string =>
    `${escapePath(source)} ${escapePath(target)} ${type} ${options} 0 0\n`;
  const parts = covers.map((cover, at) => ({ ...cover, folder: `${staging}/${at}` }));
  const assemble = parts.flatMap(({ path, source, folder, binds }) => [
    source === undefined
      ? entry('none', folder, 'size=1m,nr_inodes=4096,mode=0755,x-mount.mkdir', 'tmpfs')
      : entry(source, folder, 'bind,x-mount.mkdir'),
    ...binds.map(bind =>
      entry(
        bind.path,
        `${folder}/${relative(path, bind.path)}`,
        `bind,${bind.writable ? 'rw' : 'ro'},x-mount.mkdir`,
      ),
    ),
  ]);
  const lay = parts
    .toSorted((one, other) => Number(isWithin(staging, one.path)) - Number(isWithin(staging, other.path)))
    .map(({ path, folder }) => entry(folder, path, 'rbind'));
  return assemble.join('') + lay.join('');
};

/** The covers as arguments of bubblewrap, which reads sources from the tree as it was. */
export const bubblewrapArguments = (covers: readonly Cover[]): string[] => [
  '--ro-bind',
  '/',
  '/',
  '--dev',
  '/dev',
  '--proc',
  '/proc',
  ...covers.flatMap(({ path, source, binds }) => [
    ...(source === undefined ? ['--tmpfs', path] : ['--bind', source, path]),
    ...binds.flatMap(bind => [bind.writable ? '--bind' : '--ro-bind', bind.path, bind.path]),
    ...(source === undefined ? ['--remount-ro', path] : []),
  ]),
];
