import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { ReadLimits, TextFile } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { z } from 'zod';
import { atOnce } from './at-once.ts';
import type { BlobCache } from './blob-cache.ts';
import type { ForgeClient } from './forge-client.ts';

const Tree = z.object({
  tree: z
    .array(
      z.object({
        path: z.string(),
        mode: z.string(),
        type: z.string(),
        sha: z.string().regex(/^[0-9a-f]{40,64}$/),
        size: z.number().optional(),
      }),
    )
    .nullable()
    .transform(entries => entries ?? []),
  truncated: z.boolean().default(false),
});
type Entry = z.infer<typeof Tree>['tree'][number];
const Blob = z.object({ content: z.string(), encoding: z.literal('base64') });

const linkMode = '120000';
/** As many requests as a forge takes from one client without thinking ill of it. */
const requestsAtOnce = 6;

export interface TreeReader {
  readonly client: ForgeClient;
  readonly blobs: BlobCache;
  /** Path of the repository in the API: `/repos/shop/payments`. */
  readonly at: string;
  /** Whether a tree that was truncated goes on at the next page. */
  readonly paged: boolean;
  readonly signal: AbortSignal;
}

const tooLarge = (path: string, limits: ReadLimits): PlatformError =>
  new PlatformError('TooLarge', `${path} holds more than ${limits.files} files or ${limits.bytes} bytes`);

const entriesOf = async (
  { client, at, paged, signal }: TreeReader,
  id: string,
  recursive: boolean,
  enough: (entries: readonly Entry[]) => boolean,
): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for (let page = 1; ; page++) {
    const query = [...(recursive ? ['recursive=1'] : []), ...(paged ? [`page=${page}`] : [])].join('&');
    const { tree, truncated } = await client.get(
      `${at}/git/trees/${encodeURIComponent(id)}${query && `?${query}`}`,
      Tree,
      signal,
    );
    entries.push(...tree);
    if (!truncated || tree.length === 0 || enough(entries)) return entries;
    if (!paged)
      throw new PlatformError('TooLarge', 'the folder holds more files than the forge lists at once');
  }
};

/** The entry at a path, found folder by folder: only they are listed. */
const entryAt = async (reader: TreeReader, commit: string, path: string): Promise<Entry | undefined> => {
  let found: Entry | undefined = { path: '', mode: '040000', type: 'tree', sha: commit };
  if (path === '.') return found;
  for (const part of path.split('/')) {
    if (found?.type !== 'tree') return undefined;
    const isNext = (entry: Entry): boolean => entry.path === part;
    found = (await entriesOf(reader, found.sha, false, seen => seen.some(isNext))).find(isNext);
  }
  return found;
};

/** As `Forge.read`, over the trees and blobs that GitHub and Gitea serve alike. */
export const readTree = async (
  reader: TreeReader,
  commit: string,
  path: string,
  limits: ReadLimits,
): Promise<readonly TextFile[]> => {
  const { client, at, signal, blobs } = reader;
  const root = await entryAt(reader, commit, posix.normalize(path).replace(/\/$/, ''));
  const isFile = ({ type, mode }: Entry): boolean => type === 'blob' && mode !== linkMode;
  const files =
    root?.type === 'tree'
      ? (await entriesOf(reader, root.sha, true, seen => seen.filter(isFile).length > limits.files)).filter(
          isFile,
        )
      : (root ? [root] : []).filter(isFile);
  if (files.length === 0)
    throw new PlatformError('NotFound', `there is no ${path} in commit ${commit.slice(0, 10)}`);
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  if (files.length > limits.files || bytes > limits.bytes) throw tooLarge(path, limits);
  let left = limits.bytes;
  const contents = await atOnce(files, requestsAtOnce, async ({ sha }) => {
    const blobPath = `${at}/git/blobs/${sha}`;
    const content = await blobs.get(blobPath, async () =>
      Buffer.from((await client.get(blobPath, Blob, signal)).content, 'base64'),
    );
    left -= content.length;
    if (left < 0) throw tooLarge(path, limits);
    return content;
  });
  return files.flatMap((file, index) => {
    const content = contents[index] as Buffer;
    const isText = isUtf8(content) && !content.includes(0);
    return isText ? [{ path: file.path, text: content.toString('utf8') }] : [];
  });
};
