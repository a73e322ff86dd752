import { createHash } from 'node:crypto';
import { link, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent, readRef } from './read-refs.ts';
import { recordMovement } from './record-movement.ts';
import { entryMessage, type Movement, parseReflog, settle } from './reflog.ts';

/**
 * git deletes the log of a reference together with the reference. Before a deletion the log gets a second
 * name here, so that numbering goes on when the reference is made again. The name is hashed: `a` and `a/b`
 * may both be kept.
 */
const keptFolder = (repository: string, ref: string): string =>
  join(repository, 'causeway', 'logs', createHash('sha256').update(ref).digest('hex'));

const logOf = (repository: string, ref: string): string => join(repository, 'logs', ref);

const inodeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).ino;
  } catch {
    return undefined;
  }
};

const keptLogs = async (repository: string, ref: string): Promise<string[]> => {
  const folder = keptFolder(repository, ref);
  try {
    return (await readdir(folder)).sort().map(name => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/** To be called before a reference is deleted. Does no harm when the deletion then fails. */
export const keepLog = async (repository: string, ref: string): Promise<void> => {
  const log = logOf(repository, ref);
  const inode = await inodeOf(log);
  if (inode === undefined) return;
  const kept = await keptLogs(repository, ref);
  if ((await Promise.all(kept.map(inodeOf))).includes(inode)) return;
  const folder = keptFolder(repository, ref);
  await mkdir(folder, { recursive: true });
  await link(log, join(folder, String(kept.length + 1).padStart(6, '0')));
};

/**
 * Everything that is written about a reference; the deleted past counts as settled, the living log does not.
 */
const readLogs = async (
  repository: string,
  ref: string,
): Promise<{ past: Movement[]; living: Movement[] }> => {
  const log = logOf(repository, ref);
  const inode = await inodeOf(log);
  const past: Movement[] = [];
  for (const path of await keptLogs(repository, ref)) {
    if (inode !== undefined && (await inodeOf(path)) === inode) continue;
    past.push(...parseReflog((await readIfPresent(path)) ?? '', past.at(-1)?.entry));
  }
  return { past, living: parseReflog((await readIfPresent(log)) ?? '', past.at(-1)?.entry) };
};

/**
 * Writes the entry that is missing, under git's own lock of the reference. Needed after something moved the
 * reference without a log (a restored backup, an edited file), or when the caller already knows of more
 * entries than there are.
 */
const addEntry = async (
  repository: string,
  ref: string,
  tip: string,
  before: string,
  entry: number,
  now: Date,
): Promise<boolean> => {
  const entryOf = { before, after: tip, by: 'system:git', at: now, message: entryMessage(entry) };
  return (await recordMovement(repository, ref, tip, entryOf)) === 'recorded';
};

const nullId = '0'.repeat(40);

/** Every movement of a reference that happened, oldest first; the last one leads to where it stands. */
export const movementsOf = async (
  repository: string,
  ref: string,
  known: number,
  now: () => Date,
): Promise<Movement[]> => {
  for (let attempt = 0; ; attempt++) {
    const tip = await readRef(repository, ref);
    const { past, living } = await readLogs(repository, ref);
    if (tip === undefined) return past;
    const { happened, unlogged } = settle(living, tip);
    const movements = [...past, ...happened];
    const last = Math.max(past.at(-1)?.entry ?? 0, living.at(-1)?.entry ?? 0);
    if ((!unlogged && last >= known) || attempt > 0) return movements;
    const before = happened.at(-1)?.after ?? nullId;
    if (!(await addEntry(repository, ref, tip, before, Math.max(last, known) + 1, now()))) return movements;
  }
};
