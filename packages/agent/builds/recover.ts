import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildFolders } from './build-folders.ts';
import { endProcessesOf } from './leftover-processes.ts';
import { removeTree } from './ownership.ts';

/**
 * Cleans up after an agent that ended without doing so: ends what its builds left running and removes their folders. The builds themselves
 * begin again, for their objects still say `Running`.
 */
export const recoverBuilds = async ({ builds, artifacts, dependencies }: BuildFolders): Promise<void> => {
  for (const folder of [builds, artifacts, dependencies]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  await endProcessesOf(builds);
  for (const entry of readdirSync(builds, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(builds, entry.name));
};

/** Forgets the attempts at builds that are no longer there. */
export const forgetStaleAttempts = async (
  { builds }: BuildFolders,
  known: ReadonlySet<string>,
): Promise<void> => {
  for (const name of readdirSync(builds)) {
    const uid = /^(.+)\.attempts$/.exec(name)?.[1];
    if (uid !== undefined && !known.has(uid)) await removeTree(join(builds, name));
  }
};
