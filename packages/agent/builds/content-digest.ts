import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Files up to this size are read at once. */
const smallBytes = 8 * 1024 ** 2;

const addFile = async (hash: Hash, path: string, name: string): Promise<void> => {
  const { size, mode } = await lstat(path);
  hash.update(`file ${name}\0${(mode & 0o100) !== 0}\0${size}\0`);
  if (size <= smallBytes) hash.update(await readFile(path));
  else for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
};

/**
 * Digest of a folder's content: names, kinds, executable bits, bytes. Links are not followed; sockets and pipes, which no release can
 * use, do not count. Nobody may write there meanwhile.
 */
export const contentDigest = async (folder: string): Promise<string> => {
  const hash = createHash('sha256');
  const walk = async (path: string, name: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const full = join(path, entry.name);
      const inner = `${name}/${entry.name}`;
      if (entry.isDirectory()) {
        hash.update(`folder ${inner}\0`);
        await walk(full, inner);
      } else if (entry.isSymbolicLink()) hash.update(`link ${inner}\0${await readlink(full)}\0`);
      else if (entry.isFile()) await addFile(hash, full, inner);
    }
  };
  await walk(folder, '');
  return hash.digest('hex');
};
