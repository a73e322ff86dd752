import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';

/** Where the platform's user keeps keys and sockets that are no program's business: its home and its runtime folder. */
export const privateFolders = (): string[] =>
  [homedir(), `/run/user/${process.getuid?.()}`].flatMap(folder => {
    try {
      const path = realpathSync(folder);
      return path === '/' ? [] : [path];
    } catch {
      return [];
    }
  });
