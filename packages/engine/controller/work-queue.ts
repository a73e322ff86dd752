import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';

const firstRetryMs = 50;
const lastRetryMs = 60_000;

/**
 * Keys that need a look. A key waits at most once and never runs twice at once: asked for while it runs, it runs
 * again after. Failures wait, doubling from 50 ms to a minute, with jitter.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #work: (key: string) => Promise<{ after?: number } | undefined>;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #chance: Chance;
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  readonly #timers = new Map<string, { at: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(
    work: (key: string) => Promise<{ after?: number } | undefined>,
    options: {
      clock: Clock;
      concurrency: number;
      chance: Chance;
      onError: (key: string, error: unknown) => void;
    },
  ) {
    this.#work = work;
    this.#clock = options.clock;
    this.#concurrency = options.concurrency;
    this.#onError = options.onError;
    this.#chance = options.chance;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#ready.add(key);
    this.#next();
  }

  /** Adds the key after `ms`, unless it is already due sooner. */
  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    const at = this.#clock.now() + ms;
    const waiting = this.#timers.get(key);
    if (waiting && waiting.at <= at) return;
    waiting?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { at, cancel });
  }

  /** Nothing runs and nothing is ready; timers may still wait. */
  get settled(): boolean {
    return this.#ready.size === 0 && this.#running.size === 0;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    if (this.#running.size > 0) await new Promise<void>(resolve => this.#idle.push(resolve));
  }

  #next(): void {
    for (const key of this.#ready) {
      if (this.#running.size >= this.#concurrency) return;
      if (this.#running.has(key)) continue;
      this.#ready.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    try {
      const result = await this.#work(key);
      this.#failures.delete(key);
      if (result?.after !== undefined) this.addAfter(key, result.after);
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      this.addAfter(
        key,
        Math.min(lastRetryMs, firstRetryMs * 2 ** failures) * (0.5 + this.#chance.fraction() / 2),
      );
      if (!this.#stopped) this.#onError(key, error);
    }
    this.#running.delete(key);
    if (this.#stopped && this.#running.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    this.#next();
  }
}
