import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { PlatformError } from '@causeway/model';
import tar from 'tar-stream';
import { type Manifest, type Member, manifestName } from './manifest.ts';

const headerOf = (member: Member): Partial<tar.Header> & { name: string } => {
  const mtime = new Date(0);
  switch (member.type) {
    case 'file':
      return { name: member.name, type: 'file', mode: member.mode, size: member.size, mtime };
    case 'folder':
      return { name: `${member.name}/`, type: 'directory', mode: member.mode, mtime };
    default:
      return { name: member.name, type: 'symlink', linkname: member.target, mtime };
  }
};

const addMember = async (pack: tar.Pack, folder: string, member: Member): Promise<void> => {
  const written = Promise.withResolvers<void>();
  const entry = pack.entry(headerOf(member), error => (error ? written.reject(error) : written.resolve()));
  if (member.type === 'file') await pipeline(createReadStream(join(folder, member.name)), entry);
  await written.promise;
};

const addAll = async (pack: tar.Pack, folder: string, manifest: Manifest): Promise<void> => {
  try {
    pack.entry({ name: manifestName, mtime: new Date(0) }, `${JSON.stringify(manifest, null, 1)}\n`);
    for (const member of manifest.members) await addMember(pack, folder, member);
    pack.finalize();
  } catch (error) {
    pack.destroy(error as Error);
    throw error;
  }
};

const syncFile = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

/**
 * Writes the members, which lie in `folder`, into one file: tar, compressed with zstd, mode 0600. It appears whole and on disk, or not
 * at all; one that is there is not replaced. @returns its size in bytes.
 */
export const writeArchive = async (
  file: string,
  folder: string,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<number> => {
  const unfinished = `${file}.unfinished-${process.pid}`;
  try {
    const pack = tar.pack();
    const out = createWriteStream(unfinished, { mode: 0o600, flags: 'wx' });
    const packed = addAll(pack, folder, manifest);
    await Promise.all([pipeline(pack, createZstdCompress(), out, ...(signal ? [{ signal }] : [])), packed]);
    await syncFile(unfinished);
    // Unlike a rename, a link never replaces.
    await link(unfinished, file);
    await syncFile(dirname(file));
    return out.bytesWritten;
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new PlatformError('AlreadyExists', `${file} is there already.`, {
        next: 'Choose another name, or remove it first.',
      });
    throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
};
