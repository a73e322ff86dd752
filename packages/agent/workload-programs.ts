import { realpathSync } from 'node:fs';
import { delimiter } from 'node:path';
import { type Account, type Isolation, privateFolders } from '@causeway/drivers';
import { nodeHome, searchPath } from './builds/search-path.ts';

/** Stands for whichever user a team gets: one whom no folder was opened for. */
const anybody: Account = { uid: 65_534, gid: 65_534 };

/** Where workloads find the programs that the builds found: the same folders of `PATH`, and this Node.js. */
export const workloadPrograms = (
  data: string,
  isolation: Isolation,
  path: string,
): { readonly path: string; readonly tools: readonly string[] } => {
  const hides = isolation === 'namespaces' || isolation === 'bubblewrap';
  const account = process.getuid?.() === 0 ? anybody : undefined;
  return {
    path: searchPath(path, account, hides ? [realpathSync(data), ...privateFolders()] : []).join(delimiter),
    tools: [nodeHome()],
  };
};
