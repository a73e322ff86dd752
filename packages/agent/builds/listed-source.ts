import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceTree } from '@causeway/contracts';
import type { TreeEntry } from './source-listing.ts';

const mostRead = 1024 ** 2;

/**
 * A checked-out commit. What there is comes from git's listing, and only what it lists as a regular file is opened, so no link
 * is ever followed. `folder` must be untouched since the checkout.
 */
export const listedSource = (folder: string, entries: readonly TreeEntry[]): SourceTree => {
  const files = new Map<string, TreeEntry>();
  const folders = new Map<string, Set<string>>([['', new Set()]]);
  const add = (path: string, name: string): void => {
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '' : path.slice(0, slash);
    let names = folders.get(parent);
    if (!names) {
      names = new Set();
      folders.set(parent, names);
      add(parent, `${parent.slice(parent.lastIndexOf('/') + 1)}/`);
    }
    names.add(name);
  };
  for (const entry of entries) {
    const path = Buffer.from(entry.path, 'latin1').toString('utf8');
    files.set(path, entry);
    add(path, path.slice(path.lastIndexOf('/') + 1));
  }
  const plain = (path: string): string =>
    path
      .split('/')
      .filter(part => part !== '' && part !== '.')
      .join('/');
  return {
    exists: async path => files.has(plain(path)) || folders.has(plain(path)),
    list: async path => [...(folders.get(plain(path)) ?? [])].sort(),
    read: async path => {
      const entry = files.get(plain(path));
      if (entry === undefined || !entry.mode.startsWith('100') || entry.size > mostRead) return undefined;
      const handle = await open(
        Buffer.from(join(folder, Buffer.from(plain(path)).toString('latin1')), 'latin1'),
      );
      try {
        return await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    },
  };
};
