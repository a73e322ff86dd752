import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { identityVariables } from './identity.ts';
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

/**
 * Adds an entry to the log of a reference that stands at `tip`, and moves it to where the entry leads. As git does it: under the
 * lock that git takes, the log first, the reference in one step, on disk when it is answered. Whoever dies in between leaves an entry
 * that never came true, which the next one shows, and a lock that is removed when it is old.
 */
export const recordMovement = async (
  repository: string,
  ref: string,
  tip: string,
  entry: NewEntry,
): Promise<RecordOutcome> => {
  if ((await readRef(repository, ref)) !== tip) return 'elsewhere';
  const path = join(repository, ref);
  const lock = `${path}.lock`;
  // Of a reference in packed-refs the folders may be gone.
  await mkdir(dirname(path), { recursive: true });
  const file = await open(lock, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (!file) return 'held';
  let holds = true;
  try {
    if ((await readRef(repository, ref)) !== tip) return 'elsewhere';
    if (entry.after !== tip) {
      await file.writeFile(`${entry.after}\n`);
      await file.sync();
    }
    await appendEntry(repository, ref, entry);
    if (entry.after !== tip) {
      await rename(lock, path);
      holds = false;
    }
    return 'recorded';
  } finally {
    await file.close();
    if (holds) await rm(lock, { force: true });
  }
};
