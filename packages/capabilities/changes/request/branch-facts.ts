import type { CommitInfo, RepositoryId } from '@causeway/contracts';
import { type ChangeRequest, isPlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { codeOwnersPaths, type OwnersRule, parseCodeOwners } from './code-owners.ts';

/** What git says of two commits; it never changes. */
export interface BranchFacts {
  readonly head: string;
  readonly target: string;
  /** `undefined`: they have no commit in common. */
  readonly base: string | undefined;
  readonly ahead: number;
  readonly behind: number;
  readonly files: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
  readonly conflicts: readonly string[];
  /** The newest first, no more than are looked at. */
  readonly commits: readonly CommitInfo[];
  /** Who opened it, and whoever pushed one of its commits. */
  readonly contributors: ReadonlySet<string>;
  /** CODEOWNERS of the target branch. */
  readonly owners: readonly OwnersRule[];
}

type Parts = Pick<Capabilities, 'repositories' | 'changeSource'>;

const mostCommits = 1000;
const ownersLimits = { files: 1, bytes: 3 * 1024 * 1024 };

export const repositoryOf = ({ metadata, spec }: Pick<ChangeRequest, 'metadata' | 'spec'>): RepositoryId => ({
  team: metadata.namespace ?? '',
  service: spec.service,
});

const ownersIn = async (
  { repositories }: Parts,
  id: RepositoryId,
  commit: string,
): Promise<readonly OwnersRule[]> => {
  for (const path of codeOwnersPaths) {
    try {
      const [file] = await repositories.read(id, commit, path, ownersLimits);
      if (file) return parseCodeOwners(file.text);
    } catch (error) {
      if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'TooLarge')) throw error;
    }
  }
  return [];
};

const contributorsTo = async (
  { repositories }: Parts,
  id: RepositoryId,
  { spec }: ChangeRequest,
  commits: readonly CommitInfo[],
): Promise<ReadonlySet<string>> => {
  const own = new Set(commits.map(({ commit }) => commit));
  const pushes = await repositories.pushes(id, spec.source, 0);
  return new Set([spec.author, ...pushes.flatMap(({ commit, by }) => (own.has(commit) ? [by] : []))]);
};

export const branchFacts = async (
  parts: Parts,
  change: ChangeRequest,
  head: string,
  target: string,
): Promise<BranchFacts> => {
  const id = repositoryOf(change);
  const [compared, commits, owners] = await Promise.all([
    parts.changeSource.compare(id, target, head),
    parts.repositories.commits(id, target, head, mostCommits),
    ownersIn(parts, id, target),
  ]);
  const contributors = await contributorsTo(parts, id, change, commits);
  return { ...compared, head, target, commits, contributors, owners };
};

/** Keeps what was found for each change, as long as its branches stand where they stood. */
export const rememberingFacts = (parts: Parts) => {
  const known = new Map<string, BranchFacts>();
  return {
    async of(change: ChangeRequest, head: string, target: string): Promise<BranchFacts> {
      const { uid } = change.metadata;
      const before = known.get(uid);
      if (before?.head === head && before.target === target) return before;
      const facts = await branchFacts(parts, change, head, target);
      known.set(uid, facts);
      return facts;
    },
    forget: (uid: string): void => void known.delete(uid),
  };
};
export type Facts = ReturnType<typeof rememberingFacts>;
