import { statSync } from 'node:fs';
import { rotateLog } from './rotate-log.ts';

export interface RotationLimits {
  /** A log that grew beyond it is started anew; as much is kept of it. */
  readonly maxBytes: number;
}

export const defaultRotation: RotationLimits = { maxBytes: 10 * 1024 * 1024 };

const slowestMs = 2000;
const fastestMs = 50;

interface Watched {
  size: number;
  at: number;
}

/** How long until a log may have reached its limit, by how it grew since the last look; within bounds. */
export const nextLookMs = (size: number, grown: number, elapsedMs: number, maxBytes: number): number => {
  if (grown <= 0 || elapsedMs <= 0) return slowestMs;
  const fullInMs = (maxBytes - size) / (grown / elapsedMs);
  return Math.max(fastestMs, Math.min(slowestMs, fullInMs / 2));
};

/** Keeps logs within their limit for as long as this process runs, looking more often the faster they grow. */
export class LogRotator {
  readonly #logs = new Map<string, Watched>();
  readonly #limits: RotationLimits;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(limits: RotationLimits = defaultRotation) {
    this.#limits = limits;
  }

  add(path: string): void {
    if (this.#logs.has(path)) return;
    this.#logs.set(path, { size: sizeOf(path), at: performance.now() });
    this.#lookIn(fastestMs);
  }

  remove(path: string): void {
    this.#logs.delete(path);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed && this.#logs.size > 0) this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  async #look(): Promise<void> {
    let pause = slowestMs;
    for (const [path, seen] of this.#logs) {
      const size = sizeOf(path);
      const now = performance.now();
      pause = Math.min(pause, nextLookMs(size, size - seen.size, now - seen.at, this.#limits.maxBytes));
      this.#logs.set(path, { size, at: now });
      if (size <= this.#limits.maxBytes) continue;
      // A full disk, say: the next look tries again.
      await rotateLog(path, this.#limits.maxBytes).catch(() => {});
      if (this.#logs.has(path)) this.#logs.set(path, { size: sizeOf(path), at: performance.now() });
      pause = fastestMs;
    }
    this.#lookIn(pause);
  }
}

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
};
