import type { BranchComparison, ChangedFile } from '@causeway/contracts';
import { leadsTo } from '../objects/leads-to.ts';
import type { ObjectReader } from '../objects/objects.ts';
import { runGit, runGitOrThrow } from '../program/run-git.ts';
import { isObjectId } from '../refs/ref-name.ts';

/** Renames are looked for among so many files; beyond, each is a removal and an addition. */
export const findRenames = ['-M', '-l1000'] as const;

const numbers = /^(\d+|-)\t(\d+|-)\t(.*)$/s;

/**
 * git-diff-tree(1) `--numstat -z`: `ADDED\tREMOVED\tPATH`; of what was renamed the path is empty, and the old and the new one
 * follow as fields of their own. `-` stands for what is no text.
 */
const parseNumbers = (output: Buffer): ChangedFile[] => {
  const fields = output.toString('utf8').split('\0');
  const files: ChangedFile[] = [];
  for (let index = 0; index < fields.length; index += 1) {
    const [, added, removed, path] = numbers.exec(fields[index] ?? '') ?? [];
    if (path === undefined) continue;
    if (path === '') index += 2;
    files.push({
      path: path === '' ? (fields[index] ?? '') : path,
      added: Number(added) || 0,
      removed: Number(removed) || 0,
    });
  }
  return files;
};

/** The tree that a merge makes, or the files that people must decide on. Nothing in common is no merge. */
export const mergeTrees = async (
  repository: string,
  target: string,
  head: string,
): Promise<{ readonly tree: string | undefined; readonly conflicts: readonly string[] }> => {
  const { status, stdout } = await runGit(
    ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', target, head],
    { repository },
  );
  const [tree = '', ...conflicts] = stdout.toString('utf8').split('\0');
  if (status === 0 && isObjectId(tree)) return { tree, conflicts: [] };
  return { tree: undefined, conflicts: conflicts.filter(path => path !== '') };
};

export const mergeBase = async (
  repository: string,
  target: string,
  head: string,
): Promise<string | undefined> => {
  const { status, stdout } = await runGit(['merge-base', target, head], { repository });
  const base = stdout.toString('utf8').trim();
  return status === 0 && isObjectId(base) ? base : undefined;
};

/** How a commit stands to the one that it is to be merged into. */
export const compareCommits = async (
  repository: string,
  objects: ObjectReader,
  target: string,
  head: string,
): Promise<BranchComparison> => {
  const base = (await leadsTo(objects, target, head)) ? target : await mergeBase(repository, target, head);
  if (base === undefined) return { base, ahead: 0, behind: 0, files: [], conflicts: [] };
  const [counted, changed, merged] = await Promise.all([
    runGitOrThrow(['rev-list', '--left-right', '--count', `${target}...${head}`, '--'], { repository }),
    runGitOrThrow(['diff-tree', '-r', '-z', '--numstat', ...findRenames, base, head], { repository }),
    base === target ? { conflicts: [] } : mergeTrees(repository, target, head),
  ]);
  const [behind = 0, ahead = 0] = counted.stdout.toString('utf8').trim().split('\t').map(Number);
  return { base, ahead, behind, files: parseNumbers(changed.stdout), conflicts: merged.conflicts };
};
