import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PlatformError } from '@causeway/model';

export interface GivenText {
  /** As it was named, or found in a folder that was. */
  readonly file: string;
  readonly text: string;
}

const unreadable = (path: string, error: unknown): PlatformError => {
  const { code, message } = error as NodeJS.ErrnoException;
  return new PlatformError('Invalid', `${code === 'ENOENT' ? 'There is no file' : 'Cannot read'} ${path}.`, {
    evidence: [message],
    next: 'Check the path.',
  });
};

const textOf = (file: string, bytes: Buffer): GivenText => {
  if (!isUtf8(bytes))
    throw new PlatformError('Invalid', `${file} is no UTF-8 text.`, { next: 'Save it as UTF-8.' });
  return { file, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
};

const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

const manifestsIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !isSkipped(name))
      .map(entry => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return manifestsIn(path);
        return entry.isFile() && /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
      }),
  );
  return found.flat().sort();
};

/** A folder holds much that is no object: configuration of tools, templates of charts. */
const holdsObjects = ({ text }: GivenText): boolean =>
  /^[\s{-]*["']?apiVersion["']?\s*:/m.test(text) && /["']?\bkind["']?\s*:/.test(text);

/** The texts of files, of what lies in folders, and of standard input as `-`. Throws `Invalid` for what cannot be read. */
export const findFiles = async (
  given: readonly string[],
  stdin: NodeJS.ReadableStream,
): Promise<GivenText[]> => {
  const found: GivenText[] = [];
  for (const path of given) {
    if (path === '-') {
      found.push(textOf('standard input', await buffer(stdin)));
      continue;
    }
    try {
      if (!(await stat(path)).isDirectory()) found.push(textOf(path, await readFile(path)));
      else {
        const files = await manifestsIn(path);
        const texts = await Promise.all(files.map(async file => textOf(file, await readFile(file))));
        found.push(...texts.filter(holdsObjects));
      }
    } catch (error) {
      throw error instanceof PlatformError ? error : unreadable(path, error);
    }
  }
  return found;
};
