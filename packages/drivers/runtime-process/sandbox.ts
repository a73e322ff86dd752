import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { type Account, closedFolders } from '../isolation/closed-folders.ts';
import { becomeUser, enterBubblewrap, type Isolation } from './isolation.ts';
import type { Machine } from './machine.ts';
import { bubblewrapArguments, type Cover, mountTable, planCovers } from './mount-plan.ts';

export interface SandboxRequest {
  /** The workload's own folder in DATA/workloads. */
  readonly own: string;
  /** Where the program starts; it may write there. */
  readonly folder: string;
  /** What else it must be able to read. */
  readonly readable: readonly string[];
  readonly home: string;
  readonly tmp: string;
  /** Whom it runs as, where we may choose. */
  readonly account: Account | undefined;
}

export interface Sandbox {
  readonly isolation: Isolation;
  /** An fstab of the mounts that are made first, in the namespace of its own. */
  readonly mounts?: string;
  /** What stands before the program's own arguments; empty: nothing does. */
  readonly launcher: readonly string[];
  /** How the program calls its folder for temporary files. */
  readonly tmp: string;
}

/** How one workload is started so that it sees its own things and none of the platform's. Writes what the shim needs for it. */
export const prepareSandbox = (machine: Machine, request: SandboxRequest): Sandbox => {
  const { own, folder, readable, home, tmp, account } = request;
  const seen = [...readable, ...machine.tools];
  const covers = (hidden: readonly string[]): Cover[] =>
    planCovers({
      hidden: [machine.data, ...machine.hidden, ...hidden],
      readable: seen,
      writable: [home, folder],
      tmp,
    });
  if (machine.isolation === 'bubblewrap')
    return {
      isolation: 'bubblewrap',
      launcher: enterBubblewrap(bubblewrapArguments(covers([])), folder),
      tmp: '/tmp',
    };
  if (!account) return { isolation: 'none', launcher: [], tmp };

  const closed = closedFolders([machine.data, ...seen, home, folder], account);
  if (machine.isolation === 'namespaces') {
    const table = join(own, 'mounts');
    writeFileSync(table, mountTable(covers(closed), join(own, 'view')), { mode: 0o600 });
    return {
      isolation: 'namespaces',
      mounts: table,
      launcher: becomeUser(account),
      tmp: '/tmp',
    };
  }
  if (closed.length === 0) return { isolation: 'user', launcher: becomeUser(account), tmp };
  throw new PlatformError(
    'DataUnusable',
    `Programs of this team run as user ${account.uid}, who may not enter ${closed.join(', ')}.`,
    {
      next: `Allow everybody to pass through (chmod o+x ${closed[0]}), or choose another folder with --data.`,
    },
  );
};
