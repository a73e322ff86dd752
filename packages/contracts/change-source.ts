import type { RepositoryId } from './source.ts';

export interface ChangedFile {
  readonly path: string;
  /** Lines; 0 for what is no text. */
  readonly added: number;
  readonly removed: number;
}

/** How a branch stands to the one that it is to be merged into. */
export interface BranchComparison {
  /** The newest commit that both have; `undefined` when they have nothing in common. */
  readonly base: string | undefined;
  /** How many commits the target has not. */
  readonly ahead: number;
  /** How many commits only the target has. */
  readonly behind: number;
  /** What is other than at `base`. */
  readonly files: readonly ChangedFile[];
  /** Files that both changed so that people must decide. */
  readonly conflicts: readonly string[];
}

export type MergeMethod = 'fast-forward' | 'squash' | 'merge';

/** A merge that somebody wants. */
export interface WantedMerge {
  readonly method: MergeMethod;
  /** Commits: where the target stands, and what is merged into it. */
  readonly target: string;
  readonly head: string;
  /** Who merges. */
  readonly by: string;
  readonly message: string;
}

/** The commit that a merge leads to. */
export interface MergeCommit {
  readonly id: string;
  /** Resolves when it is on disk. Until then whoever made it can have it judged, and no branch may lead to it. */
  readonly stored: Promise<void>;
}

/** Why a branch was not moved: it is elsewhere by now, or what judges pushes refuses it. */
export type MoveOutcome =
  | { readonly moved: true; readonly lines: readonly string[] }
  | { readonly moved: false; readonly because: 'overtaken' | 'refused'; readonly lines: readonly string[] };

export interface BranchMove {
  readonly branch: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
  /** What must be done before the branch moves, and may be under way while the movement is judged. Where it fails nothing moves. */
  readonly once?: Promise<unknown>;
}

/** Branches side by side, and one merged into the other, in a repository of ours. Every commit is a full id. */
export interface ChangeSource {
  /** The newest commit of each branch. */
  branches(id: RepositoryId): Promise<ReadonlyMap<string, string>>;
  /** The branches of which a commit has everything. */
  mergedInto(id: RepositoryId, commit: string): Promise<ReadonlySet<string>>;
  compare(id: RepositoryId, target: string, head: string): Promise<BranchComparison>;
  /** What is other in `to`, as a unified diff, in pieces; it ends in a line that says so after so many bytes. */
  diff(
    id: RepositoryId,
    from: string,
    to: string,
    bytes: number,
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Makes the commit that a merge leads to; no branch moves. Throws `NotMergeable`, naming the files in conflict. */
  merge(id: RepositoryId, wanted: WantedMerge): Promise<MergeCommit>;
  /** What judges pushes says of a movement that somebody only thinks of. */
  judge(
    id: RepositoryId,
    move: BranchMove,
  ): Promise<{ readonly accept: boolean; readonly lines: readonly string[] }>;
  /** Moves a branch as a push by somebody, judged as one, and recorded as one; only from where it is said to be. */
  move(id: RepositoryId, move: BranchMove): Promise<MoveOutcome>;
}
