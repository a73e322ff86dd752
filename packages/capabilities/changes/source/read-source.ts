import { keyOf, type ObjectKey, type Source } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import type { NewestCommit } from './commit-of-source.ts';
import { isPlatformFile, type PlatformFiles, readPlatformFiles } from './platform-files.ts';

/** Reads what the files of a commit say. */
export interface Reader {
  (source: Source, newest: NewestCommit): Promise<PlatformFiles>;
  forget(source: ObjectKey): void;
}

/** Remembers of each source what it read last: a source is looked at whenever one of its objects changes. */
export const createReader = ({ apiGroups }: Pick<Capabilities, 'apiGroups'>): Reader => {
  const last = new Map<string, { readonly of: string; readonly files: PlatformFiles }>();
  const idOf = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`;
  const read = async (source: Source, { commit, folder: list }: NewestCommit): Promise<PlatformFiles> => {
    const key = keyOf(source);
    const { folder } = source.spec;
    const of = `${commit} ${folder}`;
    const known = last.get(idOf(key));
    if (known?.of === of) return known.files;
    const entries = await list(folder, isPlatformFile);
    const files = readPlatformFiles(entries, { team: key.namespace, source: key.name, folder, apiGroups });
    last.set(idOf(key), { of, files });
    return files;
  };
  return Object.assign(read, { forget: (key: ObjectKey) => void last.delete(idOf(key)) });
};
