import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Member } from './manifest.ts';

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** Everything in a folder as members, sorted by name, a folder before what is in it. Sockets and pipes do not count. */
export const describeFolder = async (folder: string, signal?: AbortSignal): Promise<Member[]> => {
  const members: Member[] = [];
  const own = process.getuid?.() ?? 0;
  const walk = async (prefix: string): Promise<void> => {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true });
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    for (const entry of entries) {
      signal?.throwIfAborted();
      const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      const path = join(folder, name);
      if (entry.isSymbolicLink()) members.push({ type: 'link', name, target: await readlink(path) });
      if (!entry.isDirectory() && !entry.isFile()) continue;
      const { mode, size, uid, gid } = await lstat(path);
      const owner = uid === own && (own !== 0 || gid === 0) ? {} : { owner: { uid, gid } };
      if (entry.isFile()) {
        members.push({
          type: 'file',
          name,
          mode: mode & 0o777,
          size,
          ...owner,
          sha256: await sha256Of(path),
        });
        continue;
      }
      members.push({ type: 'folder', name, mode: mode & 0o777, ...owner });
      await walk(name);
    }
  };
  await walk('');
  return members;
};
