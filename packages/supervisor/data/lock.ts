import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from '../processes/identity.ts';

/**
 * Takes the lock for this process. What it holds is the identity of its owner, so one left by kill -9 or a crash of the
 * machine is taken over.
 * @returns the process that has it, when that is another one; `undefined` when it is ours now.
 */
export const takeLock = async (file: string): Promise<ProcessIdentity | undefined> => {
  const own = ownIdentity();
  const mine = `${file}.${own.pid}`;
  await writeFile(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    for (;;) {
      // Unlike a rename, a link never replaces.
      if (await succeeds(link(mine, file), 'EEXIST')) return undefined;
      const content = await readLock(file);
      if (content === undefined) continue;
      const holder = parse(content);
      if (holder !== undefined && isAlive(holder)) return holder.pid === own.pid ? undefined : holder;
      await removeStale(file, content, `${mine}.stale`);
    }
  } finally {
    await rm(mine, { force: true });
  }
};

export const releaseLock = (file: string): Promise<void> => rm(file, { force: true });

/** The living process that has the lock. */
export const lockHolder = async (file: string): Promise<ProcessIdentity | undefined> => {
  const holder = parse((await readLock(file)) ?? '');
  return holder !== undefined && isAlive(holder) ? holder : undefined;
};

const removeStale = async (file: string, content: string, aside: string): Promise<void> => {
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return;
  // Somebody was faster, and what was moved is a fresh one: put it back.
  if ((await readLock(aside)) !== content) await succeeds(link(aside, file), 'EEXIST');
  await rm(aside, { force: true });
};

const readLock = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** A crash of the machine may leave anything. */
const parse = (content: string): ProcessIdentity | undefined => {
  try {
    const { pid, start, boot } = JSON.parse(content);
    return Number.isInteger(pid) ? { pid, start, boot } : undefined;
  } catch {
    return undefined;
  }
};

const succeeds = async (work: Promise<void>, refusal: string): Promise<boolean> => {
  try {
    await work;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === refusal) return false;
    throw error;
  }
};
