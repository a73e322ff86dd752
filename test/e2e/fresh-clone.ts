import { execFile } from 'node:child_process';
import { copyFile, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './harness.ts';

const git = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('git', ['-C', root, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;

const named = (list: string): string[] => list.split('\0').filter(Boolean);

/** For a test's `skip`: a checkout that is no clone cannot be cloned. */
export const isClone = (): Promise<boolean> =>
  git('rev-parse', '--git-dir').then(
    () => true,
    () => false,
  );

/** A fresh clone of this repository, with what is not committed yet, so that it too is tested. */
export const freshClone = async (to: string): Promise<void> => {
  await git('clone', '--quiet', '--no-hardlinks', root, to);
  for (const path of named(await git('ls-files', '-z', '--deleted'))) await rm(join(to, path));
  const changed = await git('ls-files', '-z', '--modified', '--others', '--exclude-standard');
  for (const path of named(changed)) {
    const [from, target] = [join(root, path), join(to, path)];
    const found = await lstat(from).catch(() => undefined);
    if (found === undefined) continue;
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    if (found.isSymbolicLink()) await symlink(await readlink(from), target);
    else if (found.isFile()) await copyFile(from, target);
  }
};
