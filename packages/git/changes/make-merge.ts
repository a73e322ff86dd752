import type { MergeCommit, WantedMerge } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { readCommit } from '../objects/commit.ts';
import { leadsTo } from '../objects/leads-to.ts';
import type { ObjectReader } from '../objects/objects.ts';
import { type Person, writeCommit } from '../objects/write-commit.ts';
import { runGitOrThrow } from '../program/run-git.ts';
import { identityVariables } from '../refs/identity.ts';
import { shortId } from '../refs/ref-name.ts';
import { mergeBase, mergeTrees } from './compare-commits.ts';

const named = 20;

/** Who wrote the commits that are merged, the first of them first. */
const authorsOf = async (repository: string, { target, head }: WantedMerge): Promise<Person[]> => {
  const { stdout } = await runGitOrThrow(
    ['log', '--reverse', '--encoding=UTF-8', '--format=tformat:%an%x00%ae%x00', head, `^${target}`, '--'],
    { repository },
  );
  const values = stdout.toString('utf8').split('\0');
  const authors = new Map<string, Person>();
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
): Promise<{ author: Person | undefined; message: string; parents: readonly string[] }> => {
  const [first, ...others] = await authorsOf(repository, wanted);
  const trailers = others.map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  return {
    author: first,
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

/** The tree that a merge makes. A branch that goes on from the target already has it. Throws `NotMergeable`. */
const mergedTree = async (
  repository: string,
  objects: ObjectReader,
  { target, head }: WantedMerge,
): Promise<string> => {
  const ahead = await leadsTo(objects, target, head);
  const known = ahead ? await readCommit(objects, head) : undefined;
  if (known) return known.tree;
  const { tree, conflicts } = await mergeTrees(repository, target, head);
  if (tree !== undefined) return tree;
  throw (await mergeBase(repository, target, head)) === undefined ? nothingInCommon() : inConflict(conflicts);
};

/** The branch goes on from the target: the merge is its own commit. Throws `NotMergeable`. */
const fastForward = async (
  repository: string,
  objects: ObjectReader,
  { target, head }: WantedMerge,
): Promise<string> => {
  if (await leadsTo(objects, target, head)) return head;
  const base = await mergeBase(repository, target, head);
  if (base === undefined) throw nothingInCommon();
  if (base === target) return head;
  throw new PlatformError('NotMergeable', `the target branch has moved on since ${shortId(base)}`, {
    next: 'Rebase your branch onto it and push, or merge with squash or a merge commit.',
  });
};

/** The commit that a merge leads to. Nothing points to it yet; `objects` have it at once. */
export const makeMerge = async (
  repository: string,
  objects: ObjectReader,
  wanted: WantedMerge,
  at: Date,
): Promise<MergeCommit> => {
  const { method, target, head, by } = wanted;
  if (method === 'fast-forward')
    return { id: await fastForward(repository, objects, wanted), stored: Promise.resolve() };
  const tree = await mergedTree(repository, objects, wanted);
  const { author, message, parents } =
    method === 'squash'
      ? await squashed(repository, wanted)
      : { author: undefined, message: wanted.message, parents: [target, head] };
  const { GIT_COMMITTER_NAME: name = '', GIT_COMMITTER_EMAIL: email = '' } = identityVariables(by);
  const committer = { name, email };
  const commit = { tree, parents, author: author ?? committer, committer, at, message };
  const { id, content, stored } = writeCommit(repository, commit);
  objects.hold(id, { type: 'commit', size: content.length, content });
  return { id, stored };
};
