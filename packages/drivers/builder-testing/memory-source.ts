import type { SourceTree } from '@causeway/contracts';

/** A tree from path → text, for tests of builders. */
export const memorySource = (files: Readonly<Record<string, string>>): SourceTree => {
  const paths = Object.keys(files);
  return {
    exists: async path => paths.some(known => known === path || known.startsWith(`${path}/`)),
    read: async path => (Object.hasOwn(files, path) ? files[path] : undefined),
    list: async folder => {
      const prefix = folder === '.' ? '' : `${folder}/`;
      const names = paths
        .filter(path => path.startsWith(prefix))
        .map(path => path.slice(prefix.length))
        .map(rest => (rest.includes('/') ? `${rest.slice(0, rest.indexOf('/'))}/` : rest));
      return [...new Set(names)].sort();
    },
  };
};
