import type { PushedTree, RefUpdate, TreeEntry } from '../ports.ts';
import { runGitOrThrow } from '../program/run-git.ts';
import { parseDiff, parseListing } from '../push/tree-entries.ts';

const fieldsOf = (output: Buffer): string[] => {
  const fields = output.toString('utf8').split('\0');
  fields.pop();
  return fields;
};

/** Answers each question once: those who judge a movement ask the same of it, and each answer is one more git. */
const onceEach = <T>(ask: (...words: string[]) => Promise<T>): ((...words: string[]) => Promise<T>) => {
  const answers = new Map<string, Promise<T>>();
  return (...words) => {
    const question = words.join(' ');
    const answer = answers.get(question) ?? ask(...words);
    answers.set(question, answer);
    return answer;
  };
};

/** What a movement inside the platform brings, for whoever judges it: all of it is in the repository already. */
export const repositoryTree = (repository: string): PushedTree => {
  const entries = onceEach(async (commit): Promise<readonly TreeEntry[]> => {
    const { stdout } = await runGitOrThrow(['ls-tree', '-r', '-z', '-l', '--full-tree', commit ?? ''], {
      repository,
    });
    return parseListing(fieldsOf(stdout));
  });
  const changedPaths = onceEach(async (before, after): Promise<ReadonlySet<string>> => {
    const { stdout } = await runGitOrThrow(
      ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before ?? '', after ?? ''],
      { repository },
    );
    return new Set(parseDiff(fieldsOf(stdout)).map(({ path }) => path));
  });
  return {
    entries,
    async changes({ before, after }: RefUpdate) {
      if (after === undefined) return [];
      if (before === undefined) return entries(after);
      const changed = await changedPaths(before, after);
      return changed.size === 0 ? [] : (await entries(after)).filter(({ path }) => changed.has(path));
    },
    read: async ({ id }) => (await runGitOrThrow(['cat-file', 'blob', id], { repository })).stdout,
  };
};
