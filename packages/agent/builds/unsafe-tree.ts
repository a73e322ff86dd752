import { PlatformError } from '@causeway/model';
import { shown, type TreeEntry } from './source-listing.ts';

const mostHops = 40;

/**
 * Where a link leads: `false` when some step of the way leaves the tree. Links on the way are followed as the kernel does, for
 * `a/../b` depends on what `a` is; a plain comparison of paths is not enough.
 */
export const staysInside = (link: string, targets: ReadonlyMap<string, string>): boolean => {
  const at: string[] = [];
  const todo = link.split('/');
  for (let hops = 0; todo.length > 0; ) {
    const part = todo.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.length === 0) return false;
      at.pop();
      continue;
    }
    at.push(part);
    const target = targets.get(at.join('/'));
    if (target === undefined) continue;
    if (target.startsWith('/')) return false;
    // A loop leads nowhere, so not outside either.
    if (++hops > mostHops) return true;
    at.pop();
    todo.unshift(...target.split('/'));
  }
  return true;
};

/** Throws `UnsafeTree` for what is refused by its entry alone: submodules. */
export const refuseSubmodules = (entries: readonly TreeEntry[]): void => {
  const found = entries.filter(entry => entry.mode === '160000');
  if (found.length > 0)
    throw new PlatformError(
      'UnsafeTree',
      `The commit has a submodule at ${shown(found[0]!.path)}; submodules are not fetched.`,
      {
        evidence: found.slice(0, 20).map(entry => shown(entry.path)),
        next: 'Copy the files into the repository, or depend on them as a package, then remove the submodule (git rm) and push again.',
      },
    );
};

/** Throws `UnsafeTree` when a symbolic link leads out of the tree. `targets`: path of a link → what it holds. */
export const refuseEscapes = (targets: ReadonlyMap<string, string>): void => {
  const found = [...targets].filter(([path]) => !staysInside(path, targets));
  if (found.length > 0)
    throw new PlatformError(
      'UnsafeTree',
      `The symbolic link ${shown(found[0]![0])} leads out of the application.`,
      {
        evidence: found.slice(0, 20).map(([path, target]) => `${shown(path)} → ${shown(target)}`),
        next: 'Replace the link by what it points to, or point it inside the repository by a relative path, and push again.',
      },
    );
};
