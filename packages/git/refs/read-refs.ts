import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectId } from './ref-name.ts';

/**
 * References read straight from the repository's files, gitrepository-layout(5): a process costs several
 * milliseconds, this costs a fraction of one. Loose files are read before packed-refs, because git
 * packs in that order: a reference on its way between the two is seen in one of them.
 */
const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG']);

export const readIfPresent = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
};

const packedRefs = async (repository: string): Promise<Map<string, string>> => {
  const text = (await readIfPresent(join(repository, 'packed-refs'))) ?? '';
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    const id = line.slice(0, space);
    if (isObjectId(id)) refs.set(line.slice(space + 1), id);
  }
  return refs;
};

/** The object a full reference name points to. The name must have passed `isRefName`. */
export const readRef = async (repository: string, ref: string): Promise<string | undefined> => {
  const loose = (await readIfPresent(join(repository, ref)))?.trim();
  if (loose !== undefined && isObjectId(loose)) return loose;
  return (await packedRefs(repository)).get(ref);
};

/**
 * All references and their objects, sorted by name; `undefined` when there is something only git itself
 * should read.
 */
export const listRefs = async (repository: string): Promise<[ref: string, id: string][] | undefined> => {
  const names = (await readdir(join(repository, 'refs'), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile() && !entry.name.endsWith('.lock'))
    .map(entry => join(entry.parentPath, entry.name).slice(repository.length + 1));
  const loose = await Promise.all(
    names.map(async name => [name, (await readIfPresent(join(repository, name)))?.trim()] as const),
  );
  const refs = await packedRefs(repository);
  for (const [name, id] of loose) {
    if (id === undefined) continue;
    if (!isObjectId(id)) return undefined;
    refs.set(name, id);
  }
  return [...refs].sort(([a], [b]) => (a < b ? -1 : 1));
};
