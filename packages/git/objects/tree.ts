import type { TreeEntry } from '../ports.ts';
import { readCommit } from './commit.ts';
import type { ObjectReader } from './objects.ts';

interface Item {
  /** git’s, without leading zeros: `40000` is a folder. */
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** Beyond so many entries git itself is asked: it reads large trees faster. */
const mostEntries = 2000;

const folderMode = '40000';

/** git’s format of a tree: `MODE NAME`, a NUL, the bytes of the id; again and again. */
export const parseTree = (content: Buffer, idBytes: number): Item[] => {
  const items: Item[] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    if (space < 0 || end < 0) break;
    items.push({
      mode: content.toString('latin1', at, space).replace(/^0+/, ''),
      name: content.toString('utf8', space + 1, end),
      id: content.toString('hex', end + 1, end + 1 + idBytes),
    });
    at = end + 1 + idBytes;
  }
  return items;
};

/** Too much to be read here, or something that only git itself explains. */
class AskGit extends Error {}

/** Reads trees of one repository, so many entries in all. */
class TreeWalk {
  readonly #objects: ObjectReader;
  #left = mostEntries;

  constructor(objects: ObjectReader) {
    this.#objects = objects;
  }

  async items(id: string): Promise<Item[]> {
    const info = await this.#objects.info(id);
    // No entry takes less than 23 bytes.
    if (info?.type !== 'tree' || info.size > this.#left * 300) throw new AskGit();
    const found = await this.#objects.contents(id);
    if (!found) throw new AskGit();
    const items = parseTree(found.content, id.length / 2);
    this.#left -= items.length + 1;
    if (this.#left < 0) throw new AskGit();
    return items;
  }

  async entry({ mode, id }: Item, path: string): Promise<TreeEntry> {
    const type = mode === '120000' ? 'link' : mode === '160000' ? 'submodule' : 'file';
    if (type === 'submodule') return { path, mode, type, id, size: 0 };
    const info = await this.#objects.info(id);
    if (!info) throw new AskGit();
    return { path, mode, type, id, size: info.size };
  }

  /** All that lies in a tree, in git’s order. */
  async all(id: string, prefix: string): Promise<TreeEntry[]> {
    const items = await this.items(id);
    const found = await Promise.all(
      items.map(async item => {
        const path = `${prefix}${item.name}`;
        return item.mode === folderMode ? this.all(item.id, `${path}/`) : [await this.entry(item, path)];
      }),
    );
    return found.flat();
  }

  /** What `after` has and `before` has not, or not so. */
  async changed(before: string | undefined, after: string, prefix: string): Promise<TreeEntry[]> {
    if (before === after) return [];
    if (before === undefined) return this.all(after, prefix);
    const [old, items] = await Promise.all([this.items(before), this.items(after)]);
    const known = new Map(old.map(item => [item.name, item]));
    const found = await Promise.all(
      items.map(async item => {
        const was = known.get(item.name);
        if (was?.id === item.id && was.mode === item.mode) return [];
        const path = `${prefix}${item.name}`;
        if (item.mode !== folderMode) return [await this.entry(item, path)];
        return this.changed(was?.mode === folderMode ? was.id : undefined, item.id, `${path}/`);
      }),
    );
    return found.flat();
  }
}

const unlessGit = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AskGit) return undefined;
    throw error;
  }
};

const treeOf = async (objects: ObjectReader, commit: string): Promise<string> => {
  const found = await readCommit(objects, commit);
  if (!found) throw new AskGit();
  return found.tree;
};

/** What lies in a folder of a commit, at any depth; nothing where there is no such folder. `undefined`: git itself is to be asked. */
export const folderEntries = (
  objects: ObjectReader,
  commit: string,
  folder: string,
): Promise<readonly TreeEntry[] | undefined> =>
  unlessGit(async () => {
    const walk = new TreeWalk(objects);
    let tree = await treeOf(objects, commit);
    for (const part of folder.split('/')) {
      const next = (await walk.items(tree)).find(({ name }) => name === part);
      if (next?.mode !== folderMode) return [];
      tree = next.id;
    }
    return walk.all(tree, `${folder}/`);
  });

/** The file, link or submodule at a path of a commit; `none` where there is none. `undefined`: a folder, or git itself is to be asked. */
export const entryAt = (
  objects: ObjectReader,
  commit: string,
  path: string,
): Promise<TreeEntry | 'none' | undefined> =>
  unlessGit(async () => {
    const walk = new TreeWalk(objects);
    let tree = await treeOf(objects, commit);
    const folders = path.split('/');
    const last = folders.pop();
    for (const part of folders) {
      const next = (await walk.items(tree)).find(({ name }) => name === part);
      if (next?.mode !== folderMode) return 'none';
      tree = next.id;
    }
    const found = (await walk.items(tree)).find(({ name }) => name === last);
    if (!found) return 'none';
    return found.mode === folderMode ? undefined : walk.entry(found, path);
  });

/** Entries of a commit that another has not, or not so. `undefined`: git itself is to be asked. */
export const changedEntries = (
  objects: ObjectReader,
  before: string,
  after: string,
): Promise<readonly TreeEntry[] | undefined> =>
  unlessGit(async () =>
    new TreeWalk(objects).changed(await treeOf(objects, before), await treeOf(objects, after), ''),
  );
