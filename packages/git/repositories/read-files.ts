import { posix } from 'node:path';
import type { ReadLimits, TextFile } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import type { ObjectReader } from '../objects/objects.ts';
import { entryAt } from '../objects/tree.ts';
import { runGit, runGitOrThrow } from '../program/run-git.ts';

interface Listed {
  readonly id: string;
  readonly path: string;
  readonly size: number;
}

const tooLarge = (path: string, what: string): PlatformError =>
  new PlatformError('TooLarge', `${path} holds ${what}`, { next: 'Name a smaller folder, or one file.' });

/** git-ls-tree(1) `-z -l`: `MODE TYPE ID SIZE`, a tab, the path. Links and submodules are left out. */
const listed = (output: Buffer): Listed[] =>
  output
    .toString('utf8')
    .split('\0')
    .flatMap(entry => {
      const tab = entry.indexOf('\t');
      const [mode = '', type, id = '', size = ''] = entry.slice(0, Math.max(0, tab)).split(/ +/);
      return type === 'blob' && mode.startsWith('100')
        ? [{ id, path: entry.slice(tab + 1), size: Number(size) }]
        : [];
    });

/** git-cat-file(1) `--batch`: `ID TYPE SIZE`, a newline, the content, a newline; for each that was asked for. */
const contents = (output: Buffer, files: readonly Listed[]): Buffer[] => {
  let at = 0;
  return files.map(({ size }) => {
    const begin = output.indexOf('\n', at) + 1;
    at = begin + size + 1;
    return output.subarray(begin, begin + size);
  });
};

/** None where it holds no text. */
const textFiles = (path: string, content: Buffer): TextFile[] =>
  content.includes(0) ? [] : [{ path, text: content.toString('utf8') }];

/** The text files of a commit at a path. */
export const readFiles = async (
  repository: string,
  objects: ObjectReader,
  commit: string,
  path: string,
  { files: mostFiles, bytes: mostBytes }: ReadLimits,
): Promise<readonly TextFile[]> => {
  const wanted = posix.normalize(path).replace(/\/$/, '');
  const missing = new PlatformError('NotFound', `there is no ${path} in commit ${commit.slice(0, 10)}`, {
    next: 'Push it, or correct the path.',
  });
  if (wanted.startsWith('../') || wanted === '..' || wanted.startsWith('/')) throw missing;
  const all = wanted === '.';
  const entry = all ? undefined : await entryAt(objects, commit, wanted);
  if (entry === 'none') throw missing;
  if (entry?.mode.startsWith('100') && entry.size <= mostBytes && mostFiles > 0) {
    const found = await objects.contents(entry.id);
    if (found) return textFiles(posix.basename(wanted), found.content);
  }
  const { status, stdout } = await runGit(
    ['ls-tree', '-r', '-l', '-z', '--full-tree', commit, ...(all ? [] : ['--', wanted])],
    { repository },
  );
  const found = status === 0 ? listed(stdout) : [];
  if (found.length === 0) throw missing;
  if (found.length > mostFiles) throw tooLarge(path, `${found.length} files; at most ${mostFiles} are read`);
  const bytes = found.reduce((sum, { size }) => sum + size, 0);
  if (bytes > mostBytes) throw tooLarge(path, `${bytes} bytes; at most ${mostBytes} are read`);
  const { stdout: blobs } = await runGitOrThrow(['cat-file', '--batch'], {
    repository,
    input: found.map(({ id }) => `${id}\n`).join(''),
  });
  const texts = contents(blobs, found);
  const base = all
    ? ''
    : found.length === 1 && found[0]?.path === wanted
      ? `${posix.dirname(wanted)}/`
      : `${wanted}/`;
  return found.flatMap(({ path: whole }, index) => {
    const content = texts[index] as Buffer;
    const relative = base === './' ? whole : whole.slice(base.length);
    return textFiles(relative, content);
  });
};
