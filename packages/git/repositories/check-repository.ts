import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RepositoryId } from '@causeway/contracts';
import { runGit } from '../program/run-git.ts';
import { repositoryPath } from './repository-path.ts';

const mostLines = 5;

/**
 * Whether a repository is there, everything its references lead to is in it, and these commits too. Contents are not read: git checks
 * them when they are used. @returns what is wrong, a sentence each.
 */
export const checkRepository = async (
  folder: string,
  id: RepositoryId,
  commits: readonly string[],
): Promise<string[]> => {
  const repository = repositoryPath(resolve(folder), id);
  if (!(await stat(repository).catch(() => undefined))) return ['the repository is missing'];
  const fsck = await runGit(['fsck', '--connectivity-only', '--no-dangling', '--no-progress'], {
    repository,
  });
  if (fsck.status !== 0)
    return [`git fsck: ${`${fsck.stderr}${fsck.stdout}`.trim().split('\n').slice(0, mostLines).join('; ')}`];
  if (commits.length === 0) return [];
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objecttype)'], {
    repository,
    input: `${commits.join('\n')}\n`,
  });
  return stdout
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .flatMap((type, index) =>
      type === 'commit' ? [] : [`the commit ${commits[index]} of a release is missing`],
    );
};
