import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

/** One file of our own code, relative to the checkout. */
export interface SourceFile {
  readonly path: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** Everything of ours that the running platform needs, in a stable order. */
export const readSourceFiles = async (checkout: string): Promise<SourceFile[]> => {
  const [packages, goldenPaths, policies] = await Promise.all([
    listFiles(checkout, 'packages', name => !name.endsWith('.test.ts')),
    listFiles(checkout, 'golden-paths', () => true),
    listFiles(checkout, 'policies', () => true),
  ]);
  const files: SourceFile[] = [];
  for (const file of ['package.json', ...packages, ...goldenPaths, ...policies].toSorted())
    files.push(await read(checkout, file));
  return files;
};

const read = async (checkout: string, file: string): Promise<SourceFile> => {
  const handle = await open(path.join(checkout, file), 'r');
  try {
    const { mode } = await handle.stat();
    return { path: file, content: await handle.readFile(), executable: (mode & 0o100) !== 0 };
  } finally {
    await handle.close();
  }
};

const listFiles = async (
  checkout: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<string[]> => {
  const entries = await entriesOf(path.join(checkout, folder));
  const found = await Promise.all(
    entries.map(entry => {
      const relative = path.join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name === 'node_modules' ? [] : listFiles(checkout, relative, wanted);
      return entry.isFile() && wanted(entry.name) ? [relative] : [];
    }),
  );
  return found.flat();
};

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException): Dirent[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
