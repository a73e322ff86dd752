import type { FolderEntry } from '@causeway/contracts';

/** The commit whose files count. */
export interface NewestCommit {
  readonly commit: string;
  /** Who brought it there; of a repository elsewhere, who named it. */
  readonly by: string;
  folder(path: string, wanted: (entry: FolderEntry) => boolean): Promise<readonly FolderEntry[]>;
}

/** Why there is none, in a sentence. */
export interface NoCommit {
  readonly reason: 'NothingPushed' | 'NoRepository' | 'Unreachable';
  readonly message: string;
}
