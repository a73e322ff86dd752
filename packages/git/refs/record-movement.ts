import { appendFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { identityVariables } from './identity.ts';
import type { PreparedTip } from './prepare-tip.ts';
import { readRef } from './read-refs.ts';

/** One line of a reflog that is to be written. */
export interface NewEntry {
  readonly before: string;
  readonly after: string;
  readonly by: string;
  readonly at: Date;
  readonly message: string;
}

/** `held`: another process has the lock of the reference; `elsewhere`: it does not stand where it was said to. */
export type RecordOutcome = 'recorded' | 'held' | 'elsewhere';

const appendEntry = async (
  repository: string,
  ref: string,
  { before, after, by, at, message }: NewEntry,
): Promise<void> => {
  const { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email } = identityVariables(by);
  const log = join(repository, 'logs', ref);
  await mkdir(dirname(log), { recursive: true });
  const seconds = Math.floor(at.getTime() / 1000);
  await appendFile(log, `${before} ${after} ${name} <${email}> ${seconds} +0000\t${message}\n`);
};

/** Takes git’s lock of a reference, with what it is to say in it; `false` when another has it. */
const takeLock = async (lock: string, next: PreparedTip | undefined): Promise<boolean> => {
  // Of a reference in packed-refs the folders may be gone.
  await mkdir(dirname(lock), { recursive: true });
  try {
    await (next ? link(next.path, lock) : writeFile(lock, '', { flag: 'wx' }));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
};

/**
 * Adds an entry to the log of a reference that stands at `tip`, and moves it to where the entry leads, if that is `next`. As git does
 * it: under the lock that git takes, the log first, the reference in one step, on disk when it is answered. Whoever dies in between
 * leaves an entry that never came true, which the next one shows, and a lock that is removed when it is old.
 */
export const recordMovement = async (
  repository: string,
  ref: string,
  tip: string,
  entry: NewEntry,
  next?: PreparedTip,
): Promise<RecordOutcome> => {
  if ((await readRef(repository, ref)) !== tip) return 'elsewhere';
  const path = join(repository, ref);
  const lock = `${path}.lock`;
  await next?.ready;
  if (!(await takeLock(lock, next))) return 'held';
  let holds = true;
  try {
    if ((await readRef(repository, ref)) !== tip) return 'elsewhere';
    await appendEntry(repository, ref, entry);
    if (next) {
      await rename(lock, path);
      holds = false;
    }
    return 'recorded';
  } finally {
    if (holds) await rm(lock, { force: true });
  }
};
