import type { ObjectReader } from '../objects/objects.ts';
import { changedEntries, folderEntries } from '../objects/tree.ts';
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

/**
 * What a movement inside the platform brings, for whoever judges it.
 * @param stored until then git itself does not find all of it.
 */
export const repositoryTree = (
  repository: string,
  objects: ObjectReader,
  stored: Promise<unknown>,
): PushedTree => {
  const listed = onceEach(async (commit): Promise<readonly TreeEntry[]> => {
    await stored;
    const { stdout } = await runGitOrThrow(['ls-tree', '-r', '-z', '-l', '--full-tree', commit ?? ''], {
      repository,
    });
    return parseListing(fieldsOf(stdout));
  });
  const changedPaths = onceEach(async (before, after): Promise<ReadonlySet<string>> => {
    await stored;
    const { stdout } = await runGitOrThrow(
      ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', before ?? '', after ?? ''],
      { repository },
    );
    return new Set(parseDiff(fieldsOf(stdout)).map(({ path }) => path));
  });
  const changedByGit = async (before: string, after: string): Promise<readonly TreeEntry[]> => {
    const changed = await changedPaths(before, after);
    return changed.size === 0 ? [] : (await listed(after)).filter(({ path }) => changed.has(path));
  };
  const changed = onceEach(
    async (before = '', after = ''): Promise<readonly TreeEntry[]> =>
      (await changedEntries(objects, before, after)) ?? changedByGit(before, after),
  );
  return {
    async entries(commit, folder) {
      if (folder === undefined) return listed(commit);
      const entries = await folderEntries(objects, commit, folder);
      return entries ?? (await listed(commit)).filter(({ path }) => path.startsWith(`${folder}/`));
    },
    async changes({ before, after }: RefUpdate) {
      if (after === undefined) return [];
      return before === undefined ? listed(after) : changed(before, after);
    },
    async read({ id }) {
      const found = await objects.contents(id);
      return found?.type === 'blob'
        ? found.content
        : (await runGitOrThrow(['cat-file', 'blob', id], { repository })).stdout;
    },
  };
};
