import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, chown, mkdir, symlink } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { PlatformError } from '@causeway/model';
import tar from 'tar-stream';
import { archiveFormat, Manifest, type Member, manifestName } from './manifest.ts';

/** A manifest of more is none. Bytes. */
const largestManifest = 512 * 1024 ** 2;

export const damaged = (file: string, what: string): PlatformError =>
  new PlatformError('Invalid', `${file} cannot be imported: ${what}.`, {
    next: 'Take another copy of the archive: this one is incomplete, was changed, or is none.',
  });

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > largestManifest) throw new Error('its manifest is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** The first member that does not lie in a folder named before it: what lies behind a link could be anywhere. */
const strayMember = ({ members }: Manifest): string | undefined => {
  const folders = new Set(['.']);
  for (const { type, name } of members) {
    if (!folders.has(posix.dirname(name))) return name;
    if (type === 'folder') folders.add(name);
  }
  return undefined;
};

const parseManifest = (file: string, text: string): Manifest => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged(file, 'its manifest is not JSON');
  }
  const { format } = { ...(value as { format?: unknown }) };
  if (typeof format === 'number' && format > archiveFormat)
    throw new PlatformError('DataTooNew', `${file} was written by a newer version of Causeway.`, {
      evidence: [`its format is ${format}; this version reads up to ${archiveFormat}`],
    });
  const result = Manifest.safeParse(value);
  if (!result.success)
    throw damaged(file, `its manifest is not one (${result.error.issues[0]?.path.join('.')})`);
  const stray = strayMember(result.data);
  if (stray !== undefined) throw damaged(file, `${stray} lies in no folder of the archive`);
  return result.data;
};

type Take = (member: Member, content: AsyncIterable<Buffer>) => Promise<void>;

/** Reads an archive once, from its manifest to its end. Every member is the one that the manifest names, in its order. */
const walk = async (
  file: string,
  onManifest: (manifest: Manifest) => Take,
  signal?: AbortSignal,
): Promise<Manifest> => {
  const extract = tar.extract();
  const fed = pipeline(
    createReadStream(file),
    createZstdDecompress(),
    extract,
    ...(signal ? [{ signal }] : []),
  );
  fed.catch(() => {});
  let manifest: Manifest | undefined;
  let take: Take | undefined;
  let next = 0;
  try {
    for await (const entry of extract) {
      const name = entry.header.name.replace(/\/$/, '');
      if (!manifest) {
        if (name !== manifestName) throw damaged(file, 'it does not begin with a manifest');
        manifest = parseManifest(file, await textOf(entry as AsyncIterable<Buffer>));
        take = onManifest(manifest);
        continue;
      }
      const member = manifest.members[next];
      next += 1;
      if (member?.name !== name) throw damaged(file, `${name} is not what follows by its manifest`);
      await take?.(member, entry as AsyncIterable<Buffer>);
      entry.resume();
    }
    await fed;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PlatformError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new PlatformError('NotFound', `There is no file ${file}.`, { next: 'Check its name.' });
    if (code === 'ENOSPC') throw new PlatformError('DataUnusable', 'The disk is full.', { cause: error });
    throw damaged(file, message || String(code));
  } finally {
    extract.destroy();
  }
  if (!manifest) throw damaged(file, 'it is empty');
  if (next < manifest.members.length)
    throw damaged(file, `${manifest.members[next]?.name} and what follows is missing`);
  return manifest;
};

const hashInto = async (
  content: AsyncIterable<Buffer>,
  path: string | undefined,
  mode: number,
): Promise<string> => {
  const hash = createHash('sha256');
  const tapped = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  if (path === undefined) for await (const _ of tapped(content));
  else await pipeline(content, tapped, createWriteStream(path, { mode: mode | 0o200, flags: 'wx' }));
  return hash.digest('hex');
};

/**
 * Unpacks an archive into a folder that is empty, and checks every member against the manifest. Throws `Invalid` naming the first
 * that is not what it should be. @param accept judges the manifest before anything is written.
 */
export const unpackArchive = async (
  file: string,
  folder: string,
  accept: (manifest: Manifest) => void,
  signal?: AbortSignal,
): Promise<Manifest> => {
  const manifest = await walk(
    file,
    found => {
      accept(found);
      return async (member, content) => {
        const path = join(folder, member.name);
        if (member.type === 'folder') await mkdir(path, { mode: 0o700 });
        else if (member.type === 'link') await symlink(member.target, path);
        else if ((await hashInto(content, path, member.mode)) !== member.sha256)
          throw damaged(file, `${member.name} is not what the manifest says`);
      };
    },
    signal,
  );
  // A folder that only its owner may read is filled before it is closed, the innermost first.
  for (const member of manifest.members.toReversed()) {
    if (member.type === 'link') continue;
    const path = join(folder, member.name);
    if (member.owner && process.getuid?.() === 0) await chown(path, member.owner.uid, member.owner.gid);
    await chmod(path, member.mode);
  }
  return manifest;
};

/** The lines of one member, each checked only with the last: whoever uses them must read to the end. */
export const readMember = async (
  file: string,
  name: string,
  onLines: (manifest: Manifest, lines: AsyncIterable<string>) => Promise<void>,
): Promise<void> => {
  await walk(file, manifest => async (member, content) => {
    if (member.name !== name || member.type !== 'file') return;
    await onLines(manifest, linesOf(content));
  });
};

/** Lines without their ends. */
export async function* linesOf(content: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of content) {
    const parts = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
