import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Account } from '../isolation/closed-folders.ts';

/** Links within the tree stay as they are; one that leads out of it (to shared dependencies) is made absolute, as the copy lies elsewhere. */
const linkTarget = (root: string, path: string): string => {
  const target = readlinkSync(path);
  const absolute = resolve(dirname(path), target);
  return isAbsolute(target) || relative(root, absolute).startsWith('..') ? absolute : target;
};

/** After so many entries others get their turn: a large application must not stop the care for what runs. */
const entriesAtOnce = 50;

interface Copying {
  readonly root: string;
  readonly account: Account | undefined;
  entries: number;
}

const give = ({ account }: Copying, path: string): void => {
  if (account) lchownSync(path, account.uid, account.gid);
};

const copyTree = async (copying: Copying, from: string, to: string): Promise<void> => {
  mkdirSync(to, { mode: 0o755 });
  give(copying, to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (++copying.entries % entriesAtOnce === 0) await setImmediate();
    if (entry.isDirectory()) await copyTree(copying, source, target);
    else if (entry.isSymbolicLink()) {
      symlinkSync(linkTarget(copying.root, source), target);
      give(copying, target);
    } else if (entry.isFile()) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, statSync(source).mode & 0o111 ? 0o755 : 0o644);
      give(copying, target);
    }
  }
};

/**
 * The workload's own copy of an artifact, which it may write to: programs keep small databases, caches and sockets beside their
 * code. Artifacts themselves are shared and never change. The copy is kept over restarts and goes with the workload.
 */
export const ownCopy = async (
  artifact: string,
  copy: string,
  account: Account | undefined,
): Promise<string> => {
  if (statSync(copy, { throwIfNoEntry: false })) return copy;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await copyTree({ root: artifact, account, entries: 0 }, artifact, unfinished);
  renameSync(unfinished, copy);
  return copy;
};
