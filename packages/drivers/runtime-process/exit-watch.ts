import type { ChildProcess } from 'node:child_process';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

export interface Exit {
  /** `undefined` when nobody saw the end: the shim was killed, or the machine restarted. */
  readonly code: number | undefined;
}

/** What the shim wrote when the process had ended. */
export const readExit = (folder: string, run: number): Exit | undefined => {
  try {
    const code = Number.parseInt(readFileSync(join(folder, `exit.${run}`), 'utf8'), 10);
    return Number.isInteger(code) ? { code } : undefined;
  } catch {
    return undefined;
  }
};

export interface ExitWatch {
  /** Resolves once, when the process has ended. */
  readonly exited: Promise<Exit>;
  close(): void;
}

/**
 * Waits for the end of one run. The folder is watched for the exit code; a look now and then finds a shim that was
 * killed, and stands in where the system has no watches left.
 */
export const watchExit = (
  folder: string,
  run: number,
  shim: ProcessIdentity | undefined,
  pollMs: number,
  child?: ChildProcess,
): ExitWatch => {
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    watcher?.close();
    clearInterval(timer);
    child?.off('exit', look);
  };
  let look = (): void => {};
  const exited = new Promise<Exit>(resolve => {
    const settle = (exit: Exit): void => {
      close();
      resolve(exit);
    };
    look = () => {
      // In this order: the code is in place before the shim ends.
      const alive = shim !== undefined && isAlive(shim);
      const exit = readExit(folder, run);
      if (exit) settle(exit);
      else if (!alive) settle({ code: undefined });
    };
    try {
      watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || name === `exit.${run}`) look();
      });
      watcher.on('error', () => watcher?.close());
    } catch {
      // No watches left: the timer alone finds it.
    }
    timer = setInterval(look, pollMs).unref();
    child?.on('exit', look);
    look();
  });
  return { exited, close };
};
