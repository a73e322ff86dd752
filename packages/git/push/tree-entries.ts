import type { TreeEntry } from '../ports.ts';

const types = new Map<string, TreeEntry['type']>([
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

const entry = (mode: string, id: string, path: string, size: number): TreeEntry => ({
  path,
  mode,
  type: types.get(mode) ?? 'file',
  id,
  size,
});

/** git-diff-tree(1) `--raw -z`: `:OLDMODE MODE OLDID ID STATUS`, then the path. */
export const parseDiff = (fields: readonly string[]): TreeEntry[] => {
  const entries: TreeEntry[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, mode = '', , id = '', status = ''] = fields[index]!.split(' ');
    if (status !== 'D') entries.push(entry(mode, id, fields[index + 1]!, 0));
  }
  return entries;
};

/** git-ls-tree(1) `-z -l`: `MODE TYPE ID SIZE`, a tab, the path. */
export const parseListing = (fields: readonly string[]): TreeEntry[] =>
  fields.map(field => {
    const tab = field.indexOf('\t');
    const [mode = '', , id = '', size = ''] = field.slice(0, tab).split(/ +/);
    return entry(mode, id, field.slice(tab + 1), Number(size) || 0);
  });
