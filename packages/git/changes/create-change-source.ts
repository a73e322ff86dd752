import { resolve } from 'node:path';
import type { BranchMove, ChangeSource, RepositoryId } from '@causeway/contracts';
import { PlatformError } from '@causeway/model';
import { leadsTo } from '../objects/leads-to.ts';
import { keepObjects, type Objects } from '../objects/objects.ts';
import type { Judge, PushProposal, RefUpdate } from '../ports.ts';
import { runGit, runGitOrThrow } from '../program/run-git.ts';
import { prepareTip } from '../refs/prepare-tip.ts';
import { listRefs } from '../refs/read-refs.ts';
import { branchRef, isObjectId, isRefName } from '../refs/ref-name.ts';
import { repositoryPath } from '../repositories/repository-path.ts';
import { resolveRevision } from '../repositories/revisions.ts';
import { compareCommits } from './compare-commits.ts';
import { diffText } from './diff-text.ts';
import { makeMerge } from './make-merge.ts';
import { moveBranch } from './move-branch.ts';
import { repositoryTree } from './repository-tree.ts';

export interface ChangeSourceOptions {
  /** Repositories lie at `folder/TEAM/SERVICE.git`. */
  readonly folder: string;
  /** What judges pushes. */
  readonly judge: Judge;
  /** What reads objects; one of its own by default. */
  readonly objects?: Objects;
  readonly now?: () => Date;
}

/** A word of git’s command line is never taken from outside. */
const checked = (commit: string): string => {
  if (isObjectId(commit)) return commit;
  throw new PlatformError('BadRequest', `${JSON.stringify(commit.slice(0, 100))} is not a full commit id.`);
};

const prefix = branchRef('');

/** A word that becomes a path is a name of a branch, as git understands it. */
const checkedRef = (branch: string): string => {
  const ref = branchRef(branch);
  if (isRefName(ref)) return ref;
  throw new PlatformError('Invalid', `${JSON.stringify(branch.slice(0, 100))} is not a branch name.`);
};

/** Branches of the bare repositories on this machine, compared and merged. */
export const createChangeSource = ({
  folder: given,
  judge,
  objects = keepObjects(),
  now = () => new Date(),
}: ChangeSourceOptions): ChangeSource => {
  const folder = resolve(given);
  const pathOf = (id: RepositoryId): string => repositoryPath(folder, id);
  const proposalOf = async (
    id: RepositoryId,
    { branch, from, to, by, once = Promise.resolve() }: BranchMove,
  ): Promise<PushProposal> => {
    const repository = pathOf(id);
    const reader = await objects.in(repository);
    const follows =
      (await leadsTo(reader, checked(from), checked(to))) ??
      (await once.then(() => isAncestor(repository, from, to)));
    const kind = follows ? 'update' : 'force';
    const update: RefUpdate = { ref: branchRef(branch), before: from, after: to, kind };
    return { id, user: by, updates: [update], options: [], tree: repositoryTree(repository, reader, once) };
  };
  /** A branch leads to a commit that is there: git would not move it elsewhere either. */
  const checkCommit = async (id: RepositoryId, commit: string): Promise<void> => {
    const info = await (await objects.in(pathOf(id))).info(commit);
    if (info?.type === 'commit' || (await resolveRevision(pathOf(id), commit))) return;
    throw new PlatformError('NotFound', `There is no commit ${commit} in ${id.team}/${id.service}.`);
  };
  return {
    async branches(id) {
      return new Map(
        (await refsOf(pathOf(id))).flatMap(([ref, commit]) =>
          ref.startsWith(prefix) ? [[ref.slice(prefix.length), commit] as const] : [],
        ),
      );
    },
    async mergedInto(id, commit) {
      const { stdout } = await runGitOrThrow(
        ['for-each-ref', `--merged=${checked(commit)}`, '--format=%(refname)', prefix],
        { repository: pathOf(id) },
      );
      const refs = stdout.toString('utf8').split('\n').filter(Boolean);
      return new Set(refs.map(ref => ref.slice(prefix.length)));
    },
    compare: async (id, target, head) =>
      compareCommits(pathOf(id), await objects.in(pathOf(id)), checked(target), checked(head)),
    diff: (id, from, to, bytes, signal) => diffText(pathOf(id), checked(from), checked(to), bytes, signal),
    async merge(id, wanted) {
      const repository = pathOf(id);
      const { target, head } = wanted;
      const known = { ...wanted, target: checked(target), head: checked(head) };
      return makeMerge(repository, await objects.in(repository), known, now());
    },
    judge: async (id, move) => judge({ ...(await proposalOf(id, move)), proposed: true }),
    async move(id, move) {
      const ref = checkedRef(move.branch);
      const tip = prepareTip(pathOf(id), checked(move.to));
      try {
        const [{ accept, lines }] = await Promise.all([
          proposalOf(id, move).then(judge),
          move.once,
          tip.ready,
        ]);
        if (!accept) return { moved: false, because: 'refused', lines };
        await checkCommit(id, move.to);
        const moved = await moveBranch(pathOf(id), ref, move, tip, now);
        return moved ? { moved, lines } : { moved, because: 'overtaken', lines };
      } finally {
        await tip.remove();
      }
    },
  };
};

const isAncestor = async (repository: string, from: string, to: string): Promise<boolean> =>
  (await runGit(['merge-base', '--is-ancestor', from, to], { repository })).status === 0;

/** A repository that is not there yet, or was put aside, has no branches. */
const refsOf = async (repository: string): Promise<[ref: string, id: string][]> => {
  try {
    const refs = await listRefs(repository);
    if (refs) return refs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const { stdout } = await runGitOrThrow(['for-each-ref', '--format=%(refname) %(objectname)', prefix], {
    repository,
  });
  const lines = stdout.toString('utf8').trim().split('\n');
  return lines.flatMap(line => {
    const [ref = '', id = ''] = line.split(' ');
    return isObjectId(id) ? [[ref, id] as [string, string]] : [];
  });
};
