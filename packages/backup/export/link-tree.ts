import { chmod, chown, copyFile, link, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A second name for a file that never changes; a copy where the file system gives none. */
export const linkFile = async (from: string, to: string): Promise<void> => {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await copyFile(from, to);
  }
};

/**
 * A folder with all in it under a second name: nothing is copied, so its files must be ones that are never written to again.
 * @param wanted leaves out what it says no to.
 */
export const linkTree = async (
  from: string,
  to: string,
  wanted: (name: string) => boolean = () => true,
): Promise<void> => {
  const { mode, uid, gid } = await lstat(from);
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (!wanted(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target, wanted);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (entry.isFile()) await linkFile(source, target);
  }
  if (process.getuid?.() === 0) await chown(to, uid, gid);
  await chmod(to, mode & 0o777);
};

/** A folder with all in it, as copies. What goes away meanwhile is left out. */
export const copyTree = async (
  from: string,
  to: string,
  wanted: (name: string) => boolean,
): Promise<void> => {
  const entries = await readdir(from, { withFileTypes: true }).catch(error => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (!entries) return;
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of entries) {
    if (!wanted(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, wanted);
    else if (entry.isFile())
      await copyFile(source, target).catch(error => {
        if (!isGone(error)) throw error;
      });
  }
};
