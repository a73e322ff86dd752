import type { WantedMerge } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { runGitOrThrow } from '../program/run-git.ts';
import { identityVariables } from '../refs/identity.ts';
import { shortId } from '../refs/ref-name.ts';
import { mergeBase, mergeTrees } from './compare-commits.ts';

const named = 20;

interface Author {
  readonly name: string;
  readonly email: string;
}

/** Who wrote the commits that are merged, the first of them first. */
const authorsOf = async (repository: string, { target, head }: WantedMerge): Promise<Author[]> => {
  const { stdout } = await runGitOrThrow(
    ['log', '--reverse', '--encoding=UTF-8', '--format=tformat:%an%x00%ae%x00', head, `^${target}`, '--'],
    { repository },
  );
  const values = stdout.toString('utf8').split('\0');
  const authors = new Map<string, Author>();
  for (let index = 0; index + 1 < values.length; index += 2) {
    const [name = '', email = ''] = [values[index]?.trim(), values[index + 1]?.trim()];
    if (name !== '' && email !== '' && !authors.has(email)) authors.set(email, { name, email });
  }
  return [...authors.values()];
};

/** One commit for all: its author is whoever wrote the first, and the others are named below the message. */
const squashed = async (
  repository: string,
  wanted: WantedMerge,
): Promise<{ variables: Record<string, string>; message: string; parents: readonly string[] }> => {
  const [first, ...others] = await authorsOf(repository, wanted);
  const trailers = others.map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  return {
    variables: first ? { GIT_AUTHOR_NAME: first.name, GIT_AUTHOR_EMAIL: first.email } : {},
    message: [wanted.message.trimEnd(), ...(trailers.length > 0 ? ['', ...trailers] : [])].join('\n'),
    parents: [wanted.target],
  };
};

const nothingInCommon = (): PlatformError =>
  new PlatformError('NotMergeable', 'the branches have no commit in common', {
    next: 'Begin the branch from the target branch, and bring your commits there with git cherry-pick.',
  });

const inConflict = (files: readonly string[]): PlatformError =>
  new PlatformError('NotMergeable', 'both branches changed the same lines, and people must decide', {
    evidence: [
      ...files.slice(0, named),
      ...(files.length > named ? [`and ${files.length - named} more`] : []),
    ],
    next: 'Merge the target branch into yours, resolve the conflicts, commit and push.',
  });

/** The commit that a merge leads to. Nothing points to it yet. */
export const makeMerge = async (repository: string, wanted: WantedMerge, now: Date): Promise<string> => {
  const { method, target, head, by } = wanted;
  if (method === 'fast-forward') {
    const base = await mergeBase(repository, target, head);
    if (base === undefined) throw nothingInCommon();
    if (base === target) return head;
    throw new PlatformError('NotMergeable', `the target branch has moved on since ${shortId(base)}`, {
      next: 'Rebase your branch onto it and push, or merge with squash or a merge commit.',
    });
  }
  const { tree, conflicts } = await mergeTrees(repository, target, head);
  if (tree === undefined)
    throw (await mergeBase(repository, target, head)) === undefined
      ? nothingInCommon()
      : inConflict(conflicts);
  const { variables, message, parents } =
    method === 'squash'
      ? await squashed(repository, wanted)
      : { variables: {}, message: wanted.message, parents: [target, head] };
  const committer = identityVariables(by);
  const when = `${Math.floor(now.getTime() / 1000)} +0000`;
  const { stdout } = await runGitOrThrow(
    ['commit-tree', tree, ...parents.flatMap(parent => ['-p', parent]), '-F', '-'],
    {
      repository,
      input: `${message.replaceAll('\0', '')}\n`,
      variables: {
        GIT_AUTHOR_NAME: committer.GIT_COMMITTER_NAME ?? '',
        GIT_AUTHOR_EMAIL: committer.GIT_COMMITTER_EMAIL ?? '',
        GIT_AUTHOR_DATE: when,
        GIT_COMMITTER_DATE: when,
        ...committer,
        ...variables,
      },
    },
  );
  return stdout.toString('utf8').trim();
};
