import { readdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { isWithin } from '../isolation/closed-folders.ts';

const real = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

/** The folders of DATA/dependencies, one a key, that links at the top of an artifact lead to, such as its `node_modules`. */
export const dependencyFolders = (artifact: string, dependencies: string): string[] => {
  const root = real(dependencies);
  if (root === undefined) return [];
  const found = readdirSync(artifact, { withFileTypes: true })
    .filter(entry => entry.isSymbolicLink())
    .map(entry => real(join(artifact, entry.name)))
    .flatMap(target => {
      if (target === undefined || target === root || !isWithin(target, root)) return [];
      const [key = ''] = relative(root, target).split(sep);
      return [join(root, key)];
    });
  return [...new Set(found)];
};
