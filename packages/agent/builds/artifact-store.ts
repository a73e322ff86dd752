import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootId } from '@causeway/drivers';

/** What lies beside an artifact, for the sweep and for reuse. */
export interface ArtifactRecord {
  readonly team: string;
  /** Key of the dependencies that the artifact links to. */
  readonly dependencies?: string;
  /** The boot in which it was written: files that were never synced may be lost with it. */
  readonly boot: string;
}

/** Finished applications, a folder a digest. */
export class ArtifactStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  folderOf(digest: string): string {
    return join(this.#root, digest);
  }

  recordOf(digest: string): string {
    return join(this.#root, `${digest}.json`);
  }

  readRecord(digest: string): ArtifactRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.recordOf(digest), 'utf8')) as ArtifactRecord;
    } catch {
      return undefined;
    }
  }

  /**
   * Puts a finished folder in its place. The same digest means the same content, so what is there stays, unless it is from before a
   * restart of the machine and may have lost what was not yet on disk. In one go, so that it never meets the sweep half-way.
   */
  keep(digest: string, finished: string, record: Omit<ArtifactRecord, 'boot'>): 'reused' | 'new' {
    const folder = this.folderOf(digest);
    const boot = bootId();
    const exists = existsSync(folder);
    const isSound = exists && this.readRecord(digest)?.boot === boot;
    if (exists && !isSound) renameSync(folder, join(this.#root, `.old-${randomUUID()}`));
    if (!isSound) renameSync(finished, folder);
    // Written also when it is used again: the sweep's grace begins anew.
    const text = `${JSON.stringify({ ...record, boot } satisfies ArtifactRecord)}\n`;
    writeFileSync(`${this.recordOf(digest)}.new`, text);
    renameSync(`${this.recordOf(digest)}.new`, this.recordOf(digest));
    return isSound ? 'reused' : 'new';
  }
}
