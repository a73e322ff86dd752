import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { QueueReading } from '../metrics/observer.ts';

const firstRetryMs = 50;
const lastRetryMs = 60_000;
const spareEvery = 8;

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
  /** As #ready: what nobody waits for. */
  readonly #spare = new Map<string, number>();
  #started = 0;
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
    const since = this.#spare.get(key);
    if (since !== undefined) this.#spare.delete(key);
    if (!this.#ready.has(key)) this.#ready.set(key, since ?? this.#clock.elapsed());
    this.#next();
  }

  /** Adds a key because all are looked at, not because something happened to it: what happened goes first. */
  addSpare(key: string): void {
    if (this.#stopped || this.#ready.has(key) || this.#spare.has(key)) return;
    this.#spare.set(key, this.#clock.elapsed());
    this.#next();
  }

  /** Adds the key after `ms`, unless it is already due sooner. */
  addAfter(key: string, ms: number): void {
    if (this.#stopped) return;
    const at = this.#clock.elapsed() + ms;
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
    return this.#ready.size + this.#spare.size + this.#running.size === 0;
  }

  reading(controller: string): QueueReading {
    const now = this.#clock.elapsed();
    const [ready = now] = this.#ready.values();
    const [spare = now] = this.#spare.values();
    return {
      controller,
      waiting: this.#ready.size + this.#spare.size,
      running: this.#running.size,
      oldestSeconds: (now - Math.min(ready, spare)) / 1000,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ready.clear();
    this.#spare.clear();
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.#ended(() => true);
  }

  /** Forgets such keys. Resolves when none of them runs any more. */
  async withdraw(which: (key: string) => boolean): Promise<void> {
    for (const waiting of [this.#ready, this.#spare])
      for (const key of waiting.keys()) if (which(key)) waiting.delete(key);
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
    while (this.#running.size < this.#concurrency) {
      // Now and then a spare one, so that they end even if something always happens.
      const spareFirst = this.#started % spareEvery === 0;
      const key = spareFirst
        ? (this.#take(this.#spare) ?? this.#take(this.#ready))
        : (this.#take(this.#ready) ?? this.#take(this.#spare));
      if (key === undefined) return;
      this.#started += 1;
      this.#running.add(key);
      void this.#run(key);
    }
  }

  #take(waiting: Map<string, number>): string | undefined {
    for (const key of waiting.keys())
      if (!this.#running.has(key)) {
        waiting.delete(key);
        return key;
      }
    return undefined;
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
