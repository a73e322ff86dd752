import { PlatformError } from '@causeway/model';
import { digestOf } from './digest.ts';
import { runGit } from './run-git.ts';

/** An entry of a commit's tree that is no folder. Paths hold one character a byte (latin1): git knows bytes, not letters. */
export interface TreeEntry {
  readonly path: string;
  /** 100644, 100755, 120000 (symbolic link) or 160000 (submodule). */
  readonly mode: string;
  readonly object: string;
  /** Bytes; 0 for submodules. */
  readonly size: number;
}

/** Whoever packs more files into a commit means a disk, not a program. */
const mostEntries = 200_000;
const mostBytes = 4 * 1024 ** 3;

/** A path of a listing for people. */
export const shown = (path: string): string => JSON.stringify(Buffer.from(path, 'latin1').toString('utf8'));

/** Entries in the output of `git ls-tree -r -z -l`: `MODE TYPE OBJECT SIZE<TAB>PATH<NUL>`. */
export const parseListing = (output: string): TreeEntry[] =>
  output
    .split('\0')
    .slice(0, -1)
    .map(line => {
      const tab = line.indexOf('\t');
      const [mode = '', , object = '', size = ''] = line.slice(0, tab).split(/ +/);
      return { path: line.slice(tab + 1), mode, object, size: Number(size) || 0 };
    });

/** `abc…` or `abc…:folder`: what git takes for a tree. */
export const treeOf = (commit: string, directory: string | undefined): string => {
  const folder = (directory ?? '').split('/').filter(part => part !== '' && part !== '.');
  return folder.length === 0 ? commit : `${commit}:${folder.join('/')}`;
};

/** A commit's files as git lists them. */
export interface SourceListing {
  readonly entries: readonly TreeEntry[];
  /** Digest of names, modes and contents: as good as the id of git's tree. */
  readonly fingerprint: string;
}

/** Everything in a tree of a commit, without looking into any file. Throws `UnsafeTree` when it is beyond measure. */
export const listSource = async (
  repository: string,
  tree: string,
  signal: AbortSignal,
): Promise<SourceListing> => {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', tree];
  const listing = await runGit(args, { repository, signal, mostOutput: 64 * 1024 ** 2 });
  const entries = parseListing(listing);
  const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (entries.length > mostEntries || bytes > mostBytes)
    throw new PlatformError(
      'UnsafeTree',
      `The commit holds ${entries.length} files of ${Math.round(bytes / 1024 ** 2)} MiB together.`,
      {
        evidence: [`At most ${mostEntries} files and ${mostBytes / 1024 ** 3} GiB can be built.`],
        next: 'Keep data outside git: remove it from the commit and push again.',
      },
    );
  return { entries, fingerprint: digestOf(listing) };
};
