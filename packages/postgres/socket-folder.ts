import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './account.ts';
import { PostgresError } from './postgres-error.ts';

/**
 * A short folder for the socket of the cluster in `folder`: a socket's path holds at most 107 bytes (unix(7)), and a
 * cluster may lie deep. Always the same for the same cluster, so that clients find it again after a restart. Not
 * under TMPDIR, which may end with the person's session.
 */
export const socketFolderFor = (folder: string): string => {
  const uid = process.getuid?.() ?? 0;
  const hash = createHash('sha256')
    .update(`${uid}:${path.resolve(folder)}`)
    .digest('hex')
    .slice(0, 16);
  return `/tmp/causeway-${hash}`;
};

/** Makes the folder for this account alone. In /tmp anybody may have made it before us: then it is refused. */
export const ensureSocketFolder = async (folder: string, account: Account): Promise<void> => {
  if (folder.length > 90 || /['"\\,\s]/.test(folder)) {
    throw new PostgresError(
      `The folder for PostgreSQL's socket is too long or holds special characters: ${folder}`,
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const owners = [process.getuid?.() ?? 0, account.uid];
  if (!found.isDirectory() || !owners.includes(found.uid) || (found.mode & 0o022) !== 0) {
    throw new PostgresError(`${folder} belongs to somebody else, so PostgreSQL's socket cannot lie there.`, {
      next: `Remove ${folder}, or find out who made it.`,
    });
  }
  await chmod(folder, 0o700);
  if (found.uid !== account.uid) await chown(folder, account.uid, account.gid);
};
