import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allPids, statOf } from './proc.ts';

/** What the shim started: the program, or bubblewrap around it. `undefined` until it has. */
export const mainPid = (folder: string, run: number): number | undefined => {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, `main.${run}`), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
};

const childOf = (parent: number): number | undefined => allPids().find(pid => statOf(pid)?.parent === parent);

/** Bubblewrap is two processes, one outside of its namespace and the first one within; the program is the child of that. */
export const behindBubblewrap = (outer: number): number | undefined => {
  const inner = childOf(outer);
  return inner === undefined ? undefined : childOf(inner);
};
