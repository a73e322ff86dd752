import { setTimeout as sleep } from 'node:timers/promises';
import { type Build, isPlatformError, keyOf } from '@causeway/model';

export type BuildStatus = NonNullable<Build['status']>;

/** What is needed of the client. */
export interface BuildResource {
  get(namespace: string, name: string): Promise<Build>;
  patchStatus(namespace: string, name: string, patch: Readonly<Record<string, unknown>>): Promise<Build>;
}

/** Each write costs an fsync: a build that is over sooner is reported by its last write alone. */
const firstAfterMs = 150;
const pauseMs = 500;
const retryMs = [100, 200, 500, 1000, 2000, 5000];

export const isOver = (phase: BuildStatus['phase']): boolean =>
  phase === 'Succeeded' || phase === 'Failed' || phase === 'Superseded';

/** Writes the status of one build: seldom while it runs, at once when it is over, and never over what others decided. */
export class StatusWriter {
  readonly #builds: BuildResource;
  readonly #build: Build;
  readonly #signal: AbortSignal;
  readonly #current: () => BuildStatus;
  #version: string;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(builds: BuildResource, build: Build, current: () => BuildStatus, signal: AbortSignal) {
    this.#builds = builds;
    this.#build = build;
    this.#version = build.metadata.resourceVersion;
    this.#current = current;
    this.#signal = signal;
    this.#schedule(firstAfterMs);
  }

  /** There is something new to tell; it is told with what follows soon. */
  changed(): void {
    this.#schedule(pauseMs);
  }

  /** Writes the last status. `false` when somebody else has ended the build meanwhile. */
  async finish(status: BuildStatus): Promise<boolean> {
    this.stop();
    await this.#writing;
    return this.#write(status);
  }

  stop(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(delayMs: number): void {
    if (this.#closed || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const write = this.#writing.then(() => (this.#closed ? undefined : this.#write(this.#current())));
      // What could not be told now is told with the next write.
      this.#writing = write.catch(() => undefined);
    }, delayMs);
  }

  async #write(status: BuildStatus): Promise<boolean> {
    const { namespace, name } = keyOf(this.#build);
    for (let attempt = 0; ; attempt++) {
      try {
        const metadata = { resourceVersion: this.#version };
        const written = await this.#builds.patchStatus(namespace, name, { metadata, status });
        this.#version = written.metadata.resourceVersion;
        return true;
      } catch (error) {
        if (isPlatformError(error, 'NotFound')) return false;
        if (isPlatformError(error, 'Conflict')) {
          if (!(await this.#refresh(namespace, name))) return false;
        } else if (this.#signal.aborted || !isRetried(error)) throw error;
        await sleep(attempt === 0 ? 0 : (retryMs[Math.min(attempt, retryMs.length) - 1] ?? 0));
      }
    }
  }

  /** Reads what others wrote. `false` when the build is over or gone. */
  async #refresh(namespace: string, name: string): Promise<boolean> {
    try {
      const found = await this.#builds.get(namespace, name);
      this.#version = found.metadata.resourceVersion;
      return found.metadata.uid === this.#build.metadata.uid && !isOver(found.status?.phase);
    } catch (error) {
      if (isPlatformError(error, 'NotFound')) return false;
      if (this.#signal.aborted || !isRetried(error)) throw error;
      return true;
    }
  }
}

const isRetried = (error: unknown): boolean => isPlatformError(error) && error.entry.retry;
