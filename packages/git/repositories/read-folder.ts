import type { FolderEntry } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import type { ObjectReader } from '../objects/objects.ts';
import { folderEntries } from '../objects/tree.ts';
import { runGit, runGitOrThrow } from '../program/run-git.ts';
import { fileText } from './file-text.ts';

interface Listed extends FolderEntry {
  readonly id: string;
}

const types = new Map<string, FolderEntry['type']>([
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

/** git-ls-tree(1) `-z -l`: `MODE TYPE ID SIZE`, a tab, the path. */
const listed = (output: Buffer): Listed[] =>
  output
    .toString('utf8')
    .split('\0')
    .filter(field => field !== '')
    .map(field => {
      const tab = field.indexOf('\t');
      const [mode = '', , id = '', size = ''] = field.slice(0, tab).split(/ +/);
      return { id, path: field.slice(tab + 1), type: types.get(mode) ?? 'file', size: Number(size) || 0 };
    });

/** What git itself calls a folder: relative, without `.` and `..`, and no pattern. */
const checkedFolder = (path: string): string => {
  const folder = path.replace(/\/+$/, '');
  const parts = folder.split('/');
  if (folder === '' || parts.some(part => part === '' || part === '.' || part === '..'))
    throw new PlatformError('Invalid', `${JSON.stringify(path)} is no folder of a repository.`, {
      next: 'Write it from the root, such as platform or deploy/platform.',
    });
  return folder;
};

const listedByGit = async (repository: string, commit: string, folder: string): Promise<Listed[]> => {
  const { stdout } = await runGitOrThrow(
    ['--literal-pathspecs', 'ls-tree', '-r', '-l', '-z', '--full-tree', commit, '--', `${folder}/`],
    { repository },
  );
  return listed(stdout);
};

/** What lies in a folder of a commit, with the text of those that are wanted. */
export const readFolder = async (
  repository: string,
  objects: ObjectReader,
  commit: string,
  path: string,
  wanted: (entry: FolderEntry) => boolean,
): Promise<readonly FolderEntry[]> => {
  const folder = checkedFolder(path);
  const known = await folderEntries(objects, commit, folder);
  const entries: readonly Listed[] = known
    ? known.map(({ id, path, type, size }) => ({ id, path, type, size }))
    : await listedByGit(repository, commit, folder);
  const read = entries.filter(entry => entry.type === 'file' && wanted(entry));
  const texts = (known && (await textsKept(objects, read))) ?? (await textsByGit(repository, read));
  return entries.map(({ id, ...entry }) => {
    const text = entry.type === 'file' ? texts.get(id) : undefined;
    return text === undefined ? entry : { ...entry, text };
  });
};

/** `undefined`: git itself is to be asked. */
const textsKept = async (
  objects: ObjectReader,
  files: readonly Listed[],
): Promise<Map<string, string> | undefined> => {
  const texts = new Map<string, string>();
  for (const { id, content } of await Promise.all(
    files.map(async ({ id }) => ({ id, content: (await objects.contents(id))?.content })),
  )) {
    if (!content) return undefined;
    const text = fileText(content);
    if (text !== undefined) texts.set(id, text);
  }
  return texts;
};

/** git-cat-file(1) `--batch`: `ID TYPE SIZE`, a newline, the content, a newline; for each that was asked for. */
const textsByGit = async (repository: string, files: readonly Listed[]): Promise<Map<string, string>> => {
  const texts = new Map<string, string>();
  if (files.length === 0) return texts;
  const { stdout } = await runGit(['cat-file', '--batch'], {
    repository,
    input: files.map(({ id }) => `${id}\n`).join(''),
  });
  let at = 0;
  for (const { id, size } of files) {
    const begin = stdout.indexOf('\n', at) + 1;
    at = begin + size + 1;
    const text = fileText(stdout.subarray(begin, begin + size));
    if (text !== undefined) texts.set(id, text);
  }
  return texts;
};
