import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Says which process is the gateway now; after a hand-over that is not the one that was started. */
export const writePidFile = (path: string, pid: number): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${pid}`;
  writeFileSync(beside, `${pid}\n`, { mode: 0o600 });
  renameSync(beside, path);
};
