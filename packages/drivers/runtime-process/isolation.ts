import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from '../isolation/closed-folders.ts';
import { bubblewrapArguments, mountTable, planCovers } from './mount-plan.ts';
import { shimEnvironment, shimFile } from './shim.ts';

/**
 * How workloads are kept from the platform's own files and from each other's:
 * - `namespaces`: a user of their team's own, and a mount namespace in which only what is theirs lies in DATA (as root)
 * - `bubblewrap`: namespaces that an ordinary user may make
 * - `user`: a user of their team's own only, where root may make no namespaces
 * - `none`: the platform's own user
 */
export type Isolation = 'namespaces' | 'bubblewrap' | 'user' | 'none';

/** All that a process loses when it becomes a workload. Flags of setpriv(1). */
export const becomeUser = ({ uid, gid }: Account): string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--inh-caps=-all',
  '--no-new-privs',
];

/** Starts a program in a mount namespace of its own. */
export const ownNamespace: readonly string[] = ['unshare', '--mount', '--propagation=slave', '--'];

const enterNamespaces = (table: string): string[] => [...ownNamespace, '/bin/sh', shimFile, 'enter', table];

export const enterBubblewrap = (covers: readonly string[], folder: string): string[] => [
  'bwrap',
  ...covers,
  '--unshare-pid',
  '--unshare-ipc',
  '--die-with-parent',
  '--chdir',
  folder,
];

const run = promisify(execFile);
const nobody: Account = { uid: 65_534, gid: 65_534 };

const succeeds = async ([program = '', ...args]: readonly string[]): Promise<boolean> => {
  try {
    await run(program, args, { env: shimEnvironment, timeout: 5000 });
    return true;
  } catch {
    return false;
  }
};

/** Tries, in a folder of its own in `scratch`, what would be done for a workload. */
export const detectIsolation = async (scratch: string): Promise<Isolation> => {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, '.isolation-'));
  try {
    const tmp = join(folder, 'tmp');
    const readable = join(folder, 'readable');
    await Promise.all([tmp, readable].map(path => mkdir(path)));
    const covers = planCovers({ hidden: [scratch], readable: [readable], writable: [], tmp });
    if (process.getuid?.() !== 0) {
      const launcher = enterBubblewrap(bubblewrapArguments(covers), readable);
      return (await succeeds([...launcher, '/bin/sh', '-c', ':'])) ? 'bubblewrap' : 'none';
    }
    const table = join(folder, 'mounts');
    await writeFile(table, mountTable(covers, join(folder, 'view')));
    if (await succeeds([...enterNamespaces(table), ...becomeUser(nobody), '/bin/sh', '-c', ':']))
      return 'namespaces';
    return (await succeeds([...becomeUser(nobody), '/bin/sh', '-c', ':'])) ? 'user' : 'none';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
