import {
  chmodSync,
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
import type { Account } from '../isolation/closed-folders.ts';

/** Links within the tree stay as they are; one that leads out of it (to shared dependencies) is made absolute, as the copy lies elsewhere. */
const linkTarget = (root: string, path: string): string => {
  const target = readlinkSync(path);
  const absolute = resolve(dirname(path), target);
  return isAbsolute(target) || relative(root, absolute).startsWith('..') ? absolute : target;
};

const copyTree = (root: string, from: string, to: string, own: (path: string) => void): void => {
  mkdirSync(to, { mode: 0o755 });
  own(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyTree(root, source, target, own);
    else if (entry.isSymbolicLink()) {
      symlinkSync(linkTarget(root, source), target);
      own(target);
    } else if (entry.isFile()) {
      copyFileSync(source, target);
      chmodSync(target, statSync(source).mode & 0o111 ? 0o755 : 0o644);
      own(target);
    }
  }
};

/**
 * The workload's own copy of an artifact, which it may write to: programs keep small databases, caches and sockets beside their
 * code. Artifacts themselves are shared and never change. The copy is kept over restarts and goes with the workload.
 */
export const ownCopy = (artifact: string, copy: string, account: Account | undefined): string => {
  if (statSync(copy, { throwIfNoEntry: false })) return copy;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  copyTree(artifact, artifact, unfinished, path => {
    if (account) lchownSync(path, account.uid, account.gid);
  });
  renameSync(unfinished, copy);
  return copy;
};
