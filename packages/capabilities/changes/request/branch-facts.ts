import type { CommitInfo, RepositoryId } from '@causeway/contracts';
import { type ChangeRequest, isPlatformError } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import {
  type AskedRule,
  codeOwnersPaths,
  type OwnersRule,
  parseCodeOwners,
  rulesAskedOfMany,
} from './code-owners.ts';

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
  /** Whom CODEOWNERS of the target branch asks. */
  readonly asked: readonly AskedRule[];
  /** Why that cannot be told. */
  readonly ownersProblem?: string;
}

type Parts = Pick<Capabilities, 'repositories' | 'changeSource'>;

const mostCommits = 1000;
const ownersLimits = { files: 1, bytes: 256 * 1024 };

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
      if (!isPlatformError(error, 'NotFound')) throw error;
    }
  }
  return [];
};

const askedFor = async (
  parts: Parts,
  id: RepositoryId,
  target: string,
  files: BranchFacts['files'],
): Promise<Pick<BranchFacts, 'asked' | 'ownersProblem'>> => {
  try {
    const rules = await ownersIn(parts, id, target);
    return {
      asked: await rulesAskedOfMany(
        rules,
        files.map(({ path }) => path),
      ),
    };
  } catch (error) {
    if (!isPlatformError(error, 'TooLarge')) throw error;
    return { asked: [], ownersProblem: `${error.message}. ${error.next}` };
  }
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
  const [compared, commits] = await Promise.all([
    parts.changeSource.compare(id, target, head),
    parts.repositories.commits(id, target, head, mostCommits),
  ]);
  const [contributors, owners] = await Promise.all([
    contributorsTo(parts, id, change, commits),
    askedFor(parts, id, target, compared.files),
  ]);
  return { ...compared, ...owners, head, target, commits, contributors };
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
