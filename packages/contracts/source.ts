/** One movement of a branch, as the repository itself recorded it. */
export interface RecordedPush {
  /** Its place in the branch's history of movements, from 1. */
  readonly entry: number;
  /** The commit before; `undefined` for the first. */
  readonly before?: string;
  readonly commit: string;
  readonly by: string;
  readonly at: string;
}

export interface CommitInfo {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  readonly authoredAt: string;
  readonly committedAt: string;
}

export interface RepositoryId {
  readonly team: string;
  readonly service: string;
}

/** Files for a first commit: path → content. */
export type FileSet = ReadonlyMap<string, { readonly content: Uint8Array; readonly executable: boolean }>;

/** A file that is text; the path is relative to what was asked for, with `/`. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What lies in a folder of a commit, at any depth. */
export interface FolderEntry {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly type: 'file' | 'link' | 'submodule';
  /** Bytes; 0 for a submodule. */
  readonly size: number;
  /** Of a file that was asked for and holds UTF-8 text. */
  readonly text?: string;
}

/** What is read at once. Beyond it is `TooLarge`. */
export interface ReadLimits {
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
}

/** Where source code is kept. Embedded git is one; other forges follow. */
export interface SourceRepositories {
  /** Creates the repository unless it exists. With `files` and an empty branch, commits them as the first push. */
  ensure(
    id: RepositoryId,
    branch: string,
    first?: { files: FileSet; by: string; message: string },
  ): Promise<void>;
  /** Movements of a branch after `sinceEntry`, oldest first. */
  pushes(id: RepositoryId, branch: string, sinceEntry: number): Promise<RecordedPush[]>;
  /** The full commit id of a branch, tag or (shortened) commit; `undefined` when there is none. Any text is safe. */
  resolve(id: RepositoryId, revision: string): Promise<string | undefined>;
  /** Commits reachable from `to` and not from `from`, newest first, at most `limit`. */
  commits(id: RepositoryId, from: string | undefined, to: string, limit: number): Promise<CommitInfo[]>;
  /**
   * The text files of a commit at a path: one file, or all below a folder; no links. Throws `NotFound` when there is nothing,
   * `TooLarge` beyond the limits.
   */
  read(id: RepositoryId, commit: string, path: string, limits: ReadLimits): Promise<readonly TextFile[]>;
  /**
   * What lies in a folder of a commit, with the text of the files that `wanted` names; nothing where there is no such folder.
   * Throws `NotFound` without such a commit.
   */
  folder(
    id: RepositoryId,
    commit: string,
    path: string,
    wanted: (entry: FolderEntry) => boolean,
  ): Promise<readonly FolderEntry[]>;
  /** The paths at which two commits differ: what one of them lacks, or has otherwise. Throws `NotFound` without one of them. */
  differences(id: RepositoryId, commit: string, other: string): Promise<readonly string[]>;
  /** Puts the repository aside: nobody reaches it, and nothing of it is lost. */
  archive(id: RepositoryId): Promise<void>;
}

/** Repositories elsewhere, of which copies are kept here. Each is named by the team and the Source that reads it. */
export interface RemoteRepositories {
  /**
   * Fetches the newest commit of a branch and says which it is. Throws `Invalid` for an address that is not allowed here,
   * `NotFound` without such a branch, `TooLarge`, `Unavailable` when it cannot be had now.
   */
  fetch(id: RepositoryId, url: string, branch: string, signal: AbortSignal): Promise<string>;
  /** As of `SourceRepositories`, of a commit that was fetched. */
  folder(
    id: RepositoryId,
    commit: string,
    path: string,
    wanted: (entry: FolderEntry) => boolean,
  ): Promise<readonly FolderEntry[]>;
  /** Removes the copy. */
  forget(id: RepositoryId): Promise<void>;
}

/** Archives of policies somewhere else, as OPA’s bundles are: a gzipped tar. */
export interface BundleReader {
  /**
   * The text files of an archive whose bytes have this digest (SHA-256, hexadecimal); nothing of another is looked at. Throws
   * `Invalid` when it is another or no archive, `TooLarge`, `Unavailable` when it cannot be had now.
   */
  read(url: string, sha256: string, signal?: AbortSignal): Promise<readonly TextFile[]>;
}
