import { createHash, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';

/** The file that must be executable, or git would silently accept a push without asking anybody. */
export const judgingHook = (hooks: string): string => join(hooks, 'pre-receive');

/**
 * Puts the hook of this version into a folder named after its content, so that pushes under way keep theirs
 * when the platform is upgraded. Returns the folder, for git's core.hooksPath. Throws `DataUnusable` where
 * programs may not be run.
 */
export const installHooks = (folder: string): string => {
  const text = readFileSync(judgingHook(join(import.meta.dirname, 'hooks')), 'utf8');
  const target = join(folder, '.hooks', createHash('sha256').update(text).digest('hex').slice(0, 16));
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const temporary = join(target, `.new-${randomUUID()}`);
  writeFileSync(temporary, text, { mode: 0o755 });
  renameSync(temporary, judgingHook(target));
  try {
    accessSync(judgingHook(target), constants.X_OK);
  } catch (cause) {
    throw new PlatformError(
      'DataUnusable',
      `Programs in ${folder} cannot be run, so pushes could not be checked.`,
      {
        evidence: [`${judgingHook(target)} is not executable: is the file system mounted with noexec?`],
        cause,
      },
    );
  }
  return target;
};
