import { setTimeout as sleep } from 'node:timers/promises';

const firstRetryMs = 200;
const longestRetryMs = 10_000;

export type Work = (key: string) => Promise<void>;

/**
 * Work by key, one turn at a time for each. Asked for while it runs, it runs once more after; when it fails, again a
 * little later, and later each time, until it succeeds or the signal aborts.
 */
export class KeyedTurns {
  readonly #work: Work;
  readonly #signal: AbortSignal;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #running = new Map<string, { again: boolean; readonly done: Promise<void> }>();

  constructor(work: Work, signal: AbortSignal, onError: (key: string, error: unknown) => void) {
    this.#work = work;
    this.#signal = signal;
    this.#onError = onError;
  }

  add(key: string): void {
    const running = this.#running.get(key);
    if (running) running.again = true;
    else if (!this.#signal.aborted) this.#running.set(key, { again: false, done: this.#run(key) });
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #run(key: string): Promise<void> {
    // After `add` has noted that it runs.
    await Promise.resolve();
    const turn = this.#running.get(key)!;
    let failures = 0;
    do {
      turn.again = false;
      try {
        await this.#work(key);
        failures = 0;
      } catch (error) {
        if (this.#signal.aborted) break;
        this.#onError(key, error);
        turn.again = true;
        const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures++);
        await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => {});
      }
    } while (turn.again && !this.#signal.aborted);
    this.#running.delete(key);
  }
}
