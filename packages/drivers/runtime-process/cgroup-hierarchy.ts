import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export type Controller = 'memory' | 'cpu' | 'pids';
export const controllers: readonly Controller[] = ['memory', 'cpu', 'pids'];

/** Where cgroups may be made: a folder a controller. Version 2 has one folder for all; version 1 a hierarchy each. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  readonly parents: Readonly<Partial<Record<Controller, string>>>;
}

interface CgroupMount {
  readonly version: 1 | 2;
  /** The cgroup that appears at the mount point. */
  readonly root: string;
  readonly path: string;
  /** Version 1: the controllers of this hierarchy. */
  readonly controllers: readonly string[];
}

const unescapePath = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The cgroup mounts in the text of `/proc/self/mountinfo` (proc_pid_mountinfo(5)). */
export const parseCgroupMounts = (mountinfo: string): CgroupMount[] =>
  mountinfo.split('\n').flatMap(line => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', path = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const version = type === 'cgroup' ? 1 : 2;
    return [{ version, root: unescapePath(root), path: unescapePath(path), controllers: options.split(',') }];
  });

/** `/proc/self/cgroup`: controller → path; '' for version 2 (cgroups(7)). */
export const parseOwnCgroups = (text: string): Map<string, string> =>
  new Map(
    text.split('\n').flatMap(line => {
      const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return names === undefined || path === undefined
        ? []
        : names.split(',').map(name => [name, path] as const);
    }),
  );

/** A cgroup's folder; the mount point where it lies outside of what is mounted, as with cgroup namespaces. */
const folderOf = (mount: CgroupMount, cgroup: string): string => {
  const inside = relative(mount.root, cgroup);
  return inside.startsWith('..') ? mount.path : join(mount.path, inside);
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Whether a cgroup can be made here and processes put into it. */
const isWritable = (parent: string): boolean => {
  const probe = join(parent, `causeway-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
};

const enabled = (folder: string): Set<string> =>
  new Set(read(join(folder, 'cgroup.subtree_control')).trim().split(' '));

const enable = (folder: string, names: readonly Controller[]): void => {
  const available = new Set(read(join(folder, 'cgroup.controllers')).trim().split(' '));
  for (const name of names) {
    if (!available.has(name) || enabled(folder).has(name)) continue;
    try {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${name}`);
    } catch {
      // The next folder up may allow it.
    }
  }
};

/**
 * Version 2 lets no cgroup have both processes and controllers for its children ("no internal processes"), and we have
 * processes in ours. So workloads become siblings of the nearest one above that hands controllers down.
 */
const unified = (mount: CgroupMount, own: string): CgroupHierarchy | undefined => {
  for (let folder = folderOf(mount, own); folder.startsWith(mount.path); folder = dirname(folder)) {
    if (isWritable(folder)) {
      enable(folder, controllers);
      const given = enabled(folder);
      const names = controllers.filter(name => given.has(name));
      if (names.length > 0)
        return { version: 2, parents: Object.fromEntries(names.map(name => [name, folder])) };
    }
    if (folder === mount.path) break;
  }
  return undefined;
};

/** Version 1: children of our own cgroup, so that limits set on the platform hold for its workloads, too. */
const split = (
  mounts: readonly CgroupMount[],
  own: ReadonlyMap<string, string>,
): CgroupHierarchy | undefined => {
  const found = controllers.flatMap(name => {
    const mount = mounts.find(candidate => candidate.version === 1 && candidate.controllers.includes(name));
    const folder = mount && folderOf(mount, own.get(name) ?? '/');
    return folder !== undefined && isWritable(folder) ? [[name, folder] as const] : [];
  });
  return found.length > 0 ? { version: 1, parents: Object.fromEntries(found) } : undefined;
};

/** `undefined` where this process may not make cgroups: then there are no limits. */
export const findHierarchy = (): CgroupHierarchy | undefined => {
  const mounts = parseCgroupMounts(read('/proc/self/mountinfo'));
  const own = parseOwnCgroups(read('/proc/self/cgroup'));
  const onePath = mounts.find(mount => mount.version === 2);
  return split(mounts, own) ?? (onePath && unified(onePath, own.get('') ?? '/'));
};
