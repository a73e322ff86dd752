import type { CommitInfo } from '@causeway/contracts';
import { runGit, runGitOrThrow } from '../program/run-git.ts';
import { readRef } from '../refs/read-refs.ts';
import { branchRef, isObjectId, isRefName } from '../refs/ref-name.ts';

/** `name` is a full reference or an object id, at most with steps to an ancestor: nothing that git could take for an option or another expression. */
const commitOf = async (repository: string, name: string): Promise<string | undefined> => {
  const { status, stdout } = await runGit(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    {
      repository,
    },
  );
  const id = stdout.toString('utf8').trim().split('\n').at(-1) ?? '';
  return status === 0 && isObjectId(id) ? id : undefined;
};

/**
 * The commit that a branch, tag, full reference or (shortened) commit id means, or an ancestor of it: `main~3`, `v1^`,
 * `v1^2~1`. The rest of the grammar of gitrevisions(7) is left out on purpose: `:/text` or `@{upstream}` are not found.
 */
export const resolveRevision = async (repository: string, revision: string): Promise<string | undefined> => {
  const { base = '', steps = '' } =
    /^(?<base>[^~^]+)(?<steps>(?:[~^]\d{0,6}){0,20})$/.exec(revision)?.groups ?? {};
  const commit = base === '' ? undefined : await commitNamed(repository, base);
  return commit === undefined || steps === '' ? commit : commitOf(repository, `${commit}${steps}`);
};

const commitNamed = async (repository: string, revision: string): Promise<string | undefined> => {
  if (isObjectId(revision)) return commitOf(repository, revision);
  const names = /^refs\/(heads|tags)\//.test(revision)
    ? [revision]
    : [branchRef(revision), `refs/tags/${revision}`];
  for (const ref of names.filter(isRefName)) {
    const id = await readRef(repository, ref);
    // A branch holds a commit; a tag may hold an object that names one.
    if (id !== undefined) return ref.startsWith('refs/heads/') ? id : commitOf(repository, ref);
  }
  return /^[0-9a-f]{4,64}$/.test(revision) ? commitOf(repository, revision) : undefined;
};

const fields = 5;

/** Commits reachable from `to` and not from `from`, newest first. Both are full commit ids. */
export const listCommits = async (
  repository: string,
  from: string | undefined,
  to: string,
  limit: number,
): Promise<CommitInfo[]> => {
  const { stdout } = await runGitOrThrow(
    [
      'log',
      `--max-count=${Math.max(0, Math.floor(limit))}`,
      '--encoding=UTF-8',
      '--format=tformat:%H%x00%s%x00%an%x00%aI%x00%cI%x00',
      to,
      ...(from === undefined ? [] : [`^${from}`]),
      '--',
    ],
    { repository },
  );
  const values = stdout.toString('utf8').split('\0');
  return Array.from({ length: Math.floor(values.length / fields) }, (_, index) => {
    const [commit = '', subject = '', author = '', authoredAt = '', committedAt = ''] = values.slice(
      index * fields,
      (index + 1) * fields,
    );
    return { commit: commit.trim(), subject, author, authoredAt, committedAt };
  });
};
