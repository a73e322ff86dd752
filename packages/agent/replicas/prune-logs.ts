import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface PruneOptions {
  /** The platform's DATA folder. */
  readonly data: string;
  /** Logs of these replicas stay, whatever their age: `team/name`. */
  readonly kept: ReadonlySet<string>;
  /** How long a log stays after its last line, milliseconds. */
  readonly keepMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `orders.production.3-web-0.log`, or `….log.1` for what was rotated. */
const logName = /^(.+)\.log(?:\.1)?$/;

/** Removes the logs of replicas that are long gone. Returns how many files that were. */
export const pruneLogs = async ({ data, kept, keepMs, now }: PruneOptions): Promise<number> => {
  const root = join(data, 'logs', 'replicas');
  let removed = 0;
  for (const team of await readdir(root).catch(() => [])) {
    const folder = join(root, team);
    for (const file of await readdir(folder)) {
      const name = logName.exec(file)?.[1];
      if (name === undefined || kept.has(`${team}/${name}`)) continue;
      const path = join(folder, file);
      const found = await stat(path).catch(() => undefined);
      if (!found || now - found.mtimeMs < keepMs) continue;
      await rm(path, { force: true });
      removed++;
    }
    // Only when nothing is left in it.
    await rmdir(folder).catch(() => {});
  }
  return removed;
};
