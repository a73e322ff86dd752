import type { ObjectReader } from '../objects/objects.ts';
import { changedEntries } from '../objects/tree.ts';
import { runGitOrThrow } from '../program/run-git.ts';

/** The paths at which two commits differ. */
export const differingPaths = async (
  repository: string,
  objects: ObjectReader,
  commit: string,
  other: string,
): Promise<readonly string[]> => {
  const [there, here] = await Promise.all([
    changedEntries(objects, commit, other),
    changedEntries(objects, other, commit),
  ]);
  if (there && here) return [...new Set([...there, ...here].map(({ path }) => path))];
  const { stdout } = await runGitOrThrow(
    ['diff-tree', '-r', '-z', '--name-only', '--no-renames', commit, other, '--'],
    { repository },
  );
  return stdout.toString('utf8').split('\0').filter(Boolean);
};
