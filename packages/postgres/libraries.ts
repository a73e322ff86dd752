import { mkdir, readlink, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Installation } from './installation.ts';

/** Where the dynamic linker looks beside the package. */
const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';

/**
 * Links the libraries under the names the programs look for, in a folder of ours: npm 12 runs no install scripts, and
 * the package may be read-only or have moved since the last time. All of them: a library looks for others beside itself.
 */
export const linkLibraries = async (installation: Installation, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, target] of installation.libraries) {
    const link = path.join(folder, name);
    if ((await readlink(link).catch(() => undefined)) === target) continue;
    const temporary = `${link}.${process.pid}`;
    await symlink(target, temporary);
    await rename(temporary, link);
  }
};

/** The whole environment of PostgreSQL's programs: nothing of ours, which may hold secrets. */
export const environmentFor = (libraries: string): Record<string, string> => ({
  [variable]: libraries,
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
});
