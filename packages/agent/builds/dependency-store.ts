import { execFile } from 'node:child_process';
import { existsSync, utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeTree } from './ownership.ts';

const run = promisify(execFile);

export interface Installation {
  readonly key: string;
  readonly team: string;
  readonly command: string;
  /** Fills the new folder; afterwards nobody writes there any more. */
  readonly install: (folder: string) => Promise<void>;
}

/** Resolves when the signal aborts. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Installed dependencies, a folder a key. They are installed where they stay, for many tools write absolute paths into what they
 * install; the record beside the folder says that it is complete, and a folder without one is thrown away.
 */
export class DependencyStore {
  readonly #root: string;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  folderOf(key: string): string {
    return join(this.#root, key);
  }

  recordOf(key: string): string {
    return join(this.#root, `${key}.json`);
  }

  /** Whether somebody installs it now. */
  isBusy(key: string): boolean {
    return this.#underWay.has(key);
  }

  /** Makes sure the folder is there. Builds that want the same key at once wait for one installation; when it fails, the next tries. */
  async ensure(installation: Installation, signal: AbortSignal): Promise<'present' | 'installed'> {
    const { key } = installation;
    for (let other = this.#underWay.get(key); other; other = this.#underWay.get(key)) {
      await Promise.race([other.catch(() => undefined), aborted(signal)]);
      signal.throwIfAborted();
    }
    if (existsSync(this.recordOf(key))) {
      // Used now: the sweep's grace begins anew.
      const now = new Date();
      utimesSync(this.recordOf(key), now, now);
      return 'present';
    }
    const mine = this.#install(installation).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, mine);
    await mine;
    return 'installed';
  }

  async #install({ key, team, command, install }: Installation): Promise<void> {
    const folder = this.folderOf(key);
    try {
      await removeTree(folder);
      await mkdir(folder, { recursive: true });
      await install(folder);
      // The record must not outlive a power cut that its folder's files do not.
      await run('sync', ['-f', '--', folder]);
      await writeFile(
        this.recordOf(key),
        `${JSON.stringify({ team, command, installedAt: new Date().toISOString() })}\n`,
      );
    } catch (error) {
      await removeTree(folder);
      throw error;
    }
  }
}
