import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfPresent } from '../refs/read-refs.ts';
import { branchRef } from '../refs/ref-name.ts';
import { repositoryConfig } from './repository-config.ts';
import { writeWhole } from './write-whole.ts';

const headOf = (branch: string): string => `ref: ${branchRef(branch)}\n`;

/**
 * Makes an empty bare repository appear at once. Written by hand instead of by `git init`, because the format
 * must not follow git's changing defaults: SHA-1 and reference files, gitrepository-layout(5), are what
 * `refs/` here reads.
 */
const create = async (folder: string, path: string, branch: string): Promise<void> => {
  const temporary = join(folder, '.new', randomUUID());
  for (const part of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
    await mkdir(join(temporary, part), { recursive: true, mode: 0o700 });
  }
  await writeFile(join(temporary, 'config'), repositoryConfig);
  await writeFile(join(temporary, 'HEAD'), headOf(branch));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Somebody else made it in the meantime.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
};

/** Makes the repository exist, with the present configuration and default branch. */
export const ensureRepository = async (folder: string, path: string, branch: string): Promise<void> => {
  const head = await readIfPresent(join(path, 'HEAD'));
  if (head === undefined) return create(folder, path, branch);
  if (head !== headOf(branch)) await writeWhole(join(path, 'HEAD'), headOf(branch));
  const config = join(path, 'config');
  if ((await readIfPresent(config)) !== repositoryConfig) await writeWhole(config, repositoryConfig);
};
