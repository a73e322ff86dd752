import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { QueueReading } from '../metrics/observer.ts';

const firstRetryMs = 50;
const lastRetryMs = 60_000;

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly concurrency: number;
  readonly onError: (key: string, error: unknown) => void;
}

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
  /** Since when each key waits, the longest first. */
  readonly #ready = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #timers = new Map<string, { at: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #stopped = false;
  #waiting: (() => void)[] = [];

  constructor(work: (key: string) => Promise<{ after?: number } | undefined>, options: WorkQueueOptions) {
    this.#work = work;
    this.#clock = options.clock;
    this.#concurrency = options.concurrency;
    this.#onError = options.onError;
    this.#chance = options.chance;
  }

  add(key: string): void {
    if (this.#stopped) return;
    if (!this.#ready.has(key)) this.#ready.set(key, this.#clock.elapsed());
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

  reading(controller: string): QueueReading {
    const [since = this.#clock.elapsed()] = this.#ready.values();
    const oldestSeconds = (this.#clock.elapsed() - since) / 1000;
    return { controller, waiting: this.#ready.size, running: this.#running.size, oldestSeconds };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.#ended(() => true);
  }

  /** Forgets such keys. Resolves when none of them runs any more. */
  async withdraw(which: (key: string) => boolean): Promise<void> {
    for (const key of this.#ready.keys()) if (which(key)) this.#ready.delete(key);
    for (const [key, { cancel }] of this.#timers)
      if (which(key)) {
        cancel();
        this.#timers.delete(key);
      }
    await this.#ended(which);
  }

  async #ended(which: (key: string) => boolean): Promise<void> {
    while ([...this.#running].some(which)) await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  #next(): void {
    for (const key of this.#ready.keys()) {
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
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#next();
  }
}
