import { createHash } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from '../processes/identity.ts';

/** Somebody else is removing what is stale. */
const othersTurnMs = 5;

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
      await removeStale(file, content);
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

/**
 * Only who holds the lock on a dead holder's lock removes that: otherwise one could remove what another, who was faster, has just
 * made.
 */
const removeStale = async (file: string, content: string): Promise<void> => {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const claim = `${file}.stale-${digest}`;
  if ((await takeLock(claim)) !== undefined) return delay(othersTurnMs);
  try {
    if ((await readLock(file)) === content) await rm(file, { force: true });
  } finally {
    await releaseLock(claim);
  }
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
