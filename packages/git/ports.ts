import type { RepositoryId } from '@causeway/contracts';

/** What happens to one branch or tag. `force`: the new commit does not follow from the old one. */
export interface RefUpdate {
  /** The full name: `refs/heads/main`. */
  readonly ref: string;
  /** The object before; `undefined` for a new reference. */
  readonly before: string | undefined;
  /** The object after; `undefined` for a deletion. */
  readonly after: string | undefined;
  readonly kind: 'create' | 'update' | 'delete' | 'force';
}

/** An entry of a pushed tree, at any depth. */
export interface TreeEntry {
  /** From the root, with `/`. What is not UTF-8 holds U+FFFD. */
  readonly path: string;
  /** git's: `100644`, `100755`, `120000` (link), `160000` (submodule). */
  readonly mode: string;
  readonly type: 'file' | 'link' | 'submodule';
  readonly id: string;
  /** Bytes; 0 for a submodule. */
  readonly size: number;
}

/**
 * Reads what is being pushed, before it is accepted and visible to anybody. Only usable while `judge` runs.
 */
export interface PushedTree {
  /** Entries that the update adds or changes; of a new reference all. Empty for a deletion. */
  changes(update: RefUpdate): Promise<readonly TreeEntry[]>;
  /** The whole tree of a commit, or what lies in a folder of it. */
  entries(commit: string, folder?: string): Promise<readonly TreeEntry[]>;
  /** The content of an entry. Look at `size` before. */
  read(entry: TreeEntry): Promise<Buffer>;
}

/** A push that git has received, and that nobody sees yet. */
export interface PushProposal {
  readonly id: RepositoryId;
  readonly user: string;
  readonly updates: readonly RefUpdate[];
  /** `git push -o`. */
  readonly options: readonly string[];
  readonly tree: PushedTree;
  /** Nothing moves yet: somebody wants to know what would be said. */
  readonly proposed?: true;
}

/** A push that the repository has recorded. `updates` are those that git carried out. */
export type AcceptedPush = Omit<PushProposal, 'tree' | 'proposed'>;

export interface Verdict {
  readonly accept: boolean;
  /** Shown to the pusher. */
  readonly lines: readonly string[];
}

/** Decides on a push. Throwing refuses it with the error's words. */
export type Judge = (push: PushProposal) => Promise<Verdict>;

/**
 * The lines the pusher sees after the push is recorded, until it is over. The signal aborts when the pusher
 * has gone. With the push option `no-wait` only the first line is shown. What must happen because of a push
 * must not depend on this being called: the server may die before.
 */
export type Report = (push: AcceptedPush, signal: AbortSignal) => AsyncIterable<string>;

/** Who sends this `Authorization` header; `undefined` when nobody we know. `tokenOf` reads the header. */
export type Authenticate = (
  authorization: string | undefined,
) => Promise<{ readonly user: string } | undefined>;

/** May the user do this? Asked for repositories that do not exist, too. */
export type Authorize = (user: string, id: RepositoryId, action: 'read' | 'write') => Promise<boolean>;
