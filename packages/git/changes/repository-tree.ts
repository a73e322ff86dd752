import type { PushedTree, RefUpdate, TreeEntry } from '../ports.ts';
import { runGitOrThrow } from '../program/run-git.ts';
import { parseDiff, parseListing } from '../push/tree-entries.ts';

const fieldsOf = (output: Buffer): string[] => {
  const fields = output.toString('utf8').split('\0');
  fields.pop();
  return fields;
};

/** What a movement inside the platform brings, for whoever judges it: all of it is in the repository already. */
export const repositoryTree = (repository: string): PushedTree => {
  const entries = async (commit: string): Promise<readonly TreeEntry[]> => {
    const { stdout } = await runGitOrThrow(['ls-tree', '-r', '-z', '-l', '--full-tree', commit], {
      repository,
    });
    return parseListing(fieldsOf(stdout));
  };
  return {
    entries,
    async changes({ before, after }: RefUpdate) {
      if (after === undefined) return [];
      if (before === undefined) return entries(after);
      const { stdout } = await runGitOrThrow(
        ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before, after],
        { repository },
      );
      const changed = new Set(parseDiff(fieldsOf(stdout)).map(({ path }) => path));
      return changed.size === 0 ? [] : (await entries(after)).filter(({ path }) => changed.has(path));
    },
    read: async ({ id }) => (await runGitOrThrow(['cat-file', 'blob', id], { repository })).stdout,
  };
};
