import { execFile } from 'node:child_process';
import { chmod, lchown } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Account } from '@causeway/drivers';

const run = promisify(execFile);

/** Makes a folder and all in it the build account's. Only for what no one else could touch yet. */
export const giveTo = async (account: Account | undefined, folder: string): Promise<void> => {
  if (account) await run('chown', ['-R', '-h', '--', `${account.uid}:${account.gid}`, folder]);
};

/** What a build's account runs on its own files before they are taken from it: the group may read what the owner could, nobody may write. */
export const readOnlyLine = (folder: string): string =>
  `chmod -R g=u,a-w -- '${folder.replaceAll("'", `'\\''`)}'`;

/** The top folder of something finished: root's, and only the team's group may enter. */
export const guard = async (account: Account | undefined, folder: string): Promise<void> => {
  if (!account) return;
  await lchown(folder, 0, account.gid);
  await chmod(folder, 0o750);
};

/** Takes a folder from the build account: root's from now on, the team's group reads. `chown -h` never follows a link, and drops set-uid bits. */
export const takeFrom = async (account: Account | undefined, folder: string): Promise<void> => {
  if (!account) return;
  await run('chown', ['-R', '-h', '--', `0:${account.gid}`, folder]);
  await guard(account, folder);
};

/**
 * Removes a folder, also one whose folders are read-only to us. By rm(1), which goes down by descriptors: a build of the same account
 * cannot lead it elsewhere by putting a link in a folder's place.
 */
export const removeTree = async (folder: string): Promise<void> => {
  try {
    await run('rm', ['-rf', '--', folder]);
  } catch {
    await run('chmod', ['-R', 'u+w', '--', folder]);
    await run('rm', ['-rf', '--', folder]);
  }
};
