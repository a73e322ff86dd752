import { readdir, readFile, readlink } from 'node:fs/promises';

const listening = '0A';

/** Inodes of the sockets that listen on a TCP port, from /proc/net/tcp: `sl local_address rem_address st … inode`. */
const listeningInodes = (table: string, port: number): string[] =>
  table.split('\n').flatMap(line => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state, , , , , , inode] = fields;
    return state === listening && Number.parseInt(local.split(':')[1] ?? '', 16) === port && inode
      ? [inode]
      : [];
  });

/** Who listens on a port, as `node (pid 4711)`; `undefined` where that cannot be seen (another user's, not Linux). */
export const portOwner = async (port: number): Promise<string | undefined> => {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'utf8').catch(() => '')),
  );
  const sockets = new Set(
    tables.flatMap(table => listeningInodes(table, port)).map(inode => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      return `${name || 'a program'} (pid ${pid})`;
    }
  }
  return undefined;
};
