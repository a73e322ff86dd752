import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactStore } from './artifact-store.ts';
import type { BuildFolders } from './build-folders.ts';
import type { DependencyStore } from './dependency-store.ts';
import { removeTree } from './ownership.ts';

export interface SweepOptions {
  readonly folders: BuildFolders;
  readonly artifacts: ArtifactStore;
  readonly dependencies: DependencyStore;
  /** Digests that some Release, Replica or Build names. */
  readonly inUse: ReadonlySet<string>;
  /** What was made or used later than so many milliseconds ago stays: its object may not be written yet. */
  readonly graceMs: number;
  readonly now: Date;
}

const digest = /^[0-9a-f]{64}$/;
const aside = '.old-';

const names = (folder: string, wanted: (name: string) => boolean): string[] => {
  try {
    return readdirSync(folder).filter(wanted);
  } catch {
    return [];
  }
};

/** When something was last made or used: its record says so, or, for what was never finished, the folder itself. */
const lastUse = (record: string, folder: string): number =>
  (statSync(record, { throwIfNoEntry: false }) ?? statSync(folder, { throwIfNoEntry: false }))?.mtimeMs ?? 0;

/**
 * Removes artifacts and dependencies that nothing refers to any more; returns their names. Each is judged and put aside in one go,
 * without waiting in between, so that a build either finds all of it or nothing. Not to be run while builds run: they
 * use dependencies that no artifact names yet.
 */
export const sweep = async (
  options: SweepOptions,
): Promise<{ artifacts: string[]; dependencies: string[] }> => {
  const { folders, artifacts, dependencies, inUse, graceMs, now } = options;
  const isRecent = (record: string, folder: string): boolean =>
    now.getTime() - lastUse(record, folder) < graceMs;
  const putAside = (root: string, name: string, record: string): void => {
    rmSync(record, { force: true });
    renameSync(join(root, name), join(root, `${aside}${name}-${now.getTime()}`));
  };

  const removed = { artifacts: [] as string[], dependencies: [] as string[] };
  const linked = new Set<string | undefined>();
  for (const name of names(folders.artifacts, entry => digest.test(entry))) {
    const record = artifacts.recordOf(name);
    if (inUse.has(name) || isRecent(record, artifacts.folderOf(name))) {
      linked.add(artifacts.readRecord(name)?.dependencies);
      continue;
    }
    putAside(folders.artifacts, name, record);
    removed.artifacts.push(name);
  }
  for (const name of names(folders.dependencies, entry => digest.test(entry))) {
    const record = dependencies.recordOf(name);
    if (linked.has(name) || dependencies.isBusy(name) || isRecent(record, dependencies.folderOf(name)))
      continue;
    putAside(folders.dependencies, name, record);
    removed.dependencies.push(name);
  }
  for (const root of [folders.artifacts, folders.dependencies])
    for (const name of names(root, entry => entry.startsWith(aside))) await removeTree(join(root, name));
  return removed;
};
