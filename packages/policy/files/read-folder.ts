import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PlatformError } from '@causeway/model';
import type { FolderFile, PolicyFolder } from './policy-file.ts';
import { isPolicyFile, isTestFile, policiesOf } from './read-policies.ts';

const unread = (path: string, error: unknown): PlatformError => {
  const { code, message } = error as NodeJS.ErrnoException;
  return new PlatformError(
    'Invalid',
    `${code === 'ENOENT' ? 'There is no folder' : 'Cannot read'} ${path}.`,
    {
      evidence: [message],
      next: 'Name a folder that holds policies.',
    },
  );
};

/** Hidden folders are the tools’ own. */
const isSkipped = (path: string): boolean =>
  path.split('/').some(part => part.startsWith('.') || part === 'node_modules');

export const readPolicyFiles = async (folder: string): Promise<FolderFile[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter(entry => entry.isFile())
      .map(entry =>
        join(entry.parentPath, entry.name).slice(folder.length).split(sep).join('/').replace(/^\/+/, ''),
      )
      .filter(path => isPolicyFile(path) && !isSkipped(path))
      .sort();
    return await Promise.all(
      paths.map(async path => ({ path, text: await readFile(join(folder, path), 'utf8') })),
    );
  } catch (error) {
    throw unread(folder, error);
  }
};

export interface ReadPoliciesOptions {
  /** Whether golden cases and `test_` rules are read, too: who only judges need not wait for them. */
  readonly tests?: boolean;
  /** Groups in which kinds of ours are written as well. */
  readonly apiGroups?: readonly string[];
}

/** The policies of a folder. Throws `Invalid` that names file and line of each thing that is wrong. */
export const readPolicies = async (
  folder: string,
  { tests = true, apiGroups = [] }: ReadPoliciesOptions = {},
): Promise<PolicyFolder> => {
  const files = await readPolicyFiles(folder);
  const { faults, ...found } = policiesOf(
    tests ? files : files.filter(({ path }) => !isTestFile(path)),
    apiGroups,
  );
  if (faults.length === 0) return found;
  throw new PlatformError('Invalid', `Policies in ${folder} cannot be read.`, {
    causes: faults.map(({ file, line, column, message }) => ({
      field: `${join(folder, file)}:${line}:${column}`,
      message,
    })),
    next: 'Correct what is named and try again.',
  });
};
