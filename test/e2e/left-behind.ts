import { glob, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Living processes that have to do with a folder, as `pid command line`; with `uid` also every process of that user. */
export const processesOf = async (folder: string, uid?: number): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async pid => {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
      const status = await read('status');
      if (status === '' || /^State:\s+[ZX]/m.test(status)) return [];
      const commandLine = (await read('cmdline')).replaceAll('\0', ' ').trim();
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const belongs =
        `${commandLine}${cwd}`.includes(folder) || (uid !== undefined && ownerIn(status) === uid);
      return belongs ? [`${pid} ${commandLine}`] : [];
    }),
  );
  return found.flat();
};

/** proc(5): real, effective, saved set and file system UID. */
const ownerIn = (status: string): number => Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);

/** Where a running platform's PostgreSQL has its socket: the fifth line of postmaster.pid. */
export const socketFolderOf = async (data: string): Promise<string> => {
  for await (const file of glob('postgres/*/postmaster.pid', { cwd: data }))
    return (await readFile(join(data, file), 'utf8')).split('\n')[4] ?? '';
  throw new Error(`no PostgreSQL runs in ${data}`);
};
