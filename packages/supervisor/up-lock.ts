import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** Runs `work` while no other `up` or `down` does over the same folder. The lock of a process that was killed is taken over. */
export const whileLocked = async <T>(
  data: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> => {
  const lock = join(data, 'run', 'lock');
  const mine = `${lock}.${process.pid}`;
  await writeFile(mine, JSON.stringify(identityOf(process.pid) ?? {}), { mode: 0o600 });
  try {
    while (!(await take(mine, lock))) {
      signal.throwIfAborted();
      const holder = JSON.parse(await readFile(lock, 'utf8').catch(() => '{}')) as Partial<ProcessIdentity>;
      if (holder.pid !== undefined && !isAlive(holder as ProcessIdentity)) await rm(lock, { force: true });
      else await new Promise(resolve => setTimeout(resolve, 50));
    }
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
};

const take = (mine: string, lock: string): Promise<boolean> =>
  link(mine, lock).then(
    () => true,
    () => false,
  );
