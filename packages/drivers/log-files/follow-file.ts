import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { rotatedPath } from './log-path.ts';

/** Where `fs.watch` tells nothing (network file systems, used-up inotify watches), this is how late a line comes. */
const pollMs = 500;
const blockSize = 64 * 1024;

/** Resolves at the next change of a file, after `pollMs`, or when the signal aborts. */
class Changes {
  readonly #path: string;
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(path: string, signal: AbortSignal) {
    this.#path = path;
    this.#signal = signal;
    signal.addEventListener('abort', this.#tell, { once: true });
  }

  readonly #tell = (): void => {
    this.#changed = true;
    this.#wake?.();
  };

  async next(): Promise<void> {
    // What changed just before the watch began is told by nobody.
    if (this.#watch()) return;
    if (!this.#changed && !this.#signal.aborted)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, pollMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = undefined;
    this.#changed = false;
  }

  /** `true` when a watch has just begun. The folder may appear only later. */
  #watch(): boolean {
    if (this.#watcher) return false;
    try {
      const name = basename(this.#path);
      this.#watcher = watch(dirname(this.#path), { persistent: false }, (_, changed) => {
        if (changed === null || changed === name) this.#tell();
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#signal.removeEventListener('abort', this.#tell);
  }
}

async function* readFrom(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  for (let at = from; ; ) {
    const block = Buffer.alloc(blockSize);
    const { bytesRead } = await file.read(block, 0, block.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}

/** Tells whether `LOG.1` has been made anew since. */
const stampOf = async (path: string): Promise<string> => {
  const found = await stat(rotatedPath(path)).catch(() => undefined);
  return found ? `${found.ino} ${found.mtimeMs}` : '';
};

/**
 * The bytes of a growing file from `offset` on, until the signal aborts. When the log was rotated, first what was left
 * unread of it in `LOG.1`, then the new one from its beginning. Waits for a file that is not there yet.
 */
export async function* followFile(path: string, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const changes = new Changes(path, signal);
  let file: FileHandle | undefined;
  let at = offset;
  let rotated = await stampOf(path);
  try {
    while (!signal.aborted) {
      file ??= await open(path, 'r').catch(() => undefined);
      if (file && (await file.stat()).size < at) {
        const now = await stampOf(path);
        if (now !== rotated) yield* unread(path, at);
        rotated = now;
        at = 0;
      }
      if (file)
        for await (const chunk of readFrom(file, at)) {
          at += chunk.length;
          yield chunk;
          if (signal.aborted) return;
        }
      if (file && (await isReplaced(file, path))) {
        await file.close();
        file = undefined;
        at = 0;
        continue;
      }
      await changes.next();
    }
  } finally {
    changes.close();
    await file?.close();
  }
}

async function* unread(path: string, from: number): AsyncGenerator<Buffer> {
  const old = await open(rotatedPath(path), 'r').catch(() => undefined);
  if (!old) return;
  try {
    yield* readFrom(old, from);
  } finally {
    await old.close();
  }
}

const isReplaced = async (file: FileHandle, path: string): Promise<boolean> => {
  const [here, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return there !== undefined && (there.ino !== here.ino || there.dev !== here.dev);
};
