import { PlatformError } from '@causeway/model';
import { WorkQueue, type WorkQueueOptions } from '../controller/work-queue.ts';
import type { QueueReading } from '../metrics/observer.ts';
import { underLease } from './guard.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { shardOf } from './shard.ts';

export interface ShardedQueueOptions extends WorkQueueOptions {
  readonly leases: LeaseKeeper;
  /** Every key there is. */
  readonly keys: () => Iterable<string>;
}

/**
 * A work queue for this server’s share of the keys. Keys of others are not kept: whoever gains a shard looks at all of its
 * keys. What the work writes counts only while the lease holds. The signal ends when it is lost.
 */
export class ShardedQueue {
  readonly #leases: LeaseKeeper;
  readonly #queue: WorkQueue;
  readonly #keys: () => Iterable<string>;
  readonly #running = new Map<string, AbortController>();

  constructor(
    work: (key: string, signal: AbortSignal) => Promise<{ after?: number } | undefined>,
    options: ShardedQueueOptions,
  ) {
    this.#leases = options.leases;
    this.#keys = options.keys;
    this.#queue = new WorkQueue(async key => {
      const guard = this.#leases.guard(key) ?? (await this.#leases.renewedGuard(key));
      if (!guard) {
        if (!this.#leases.holds(key)) return undefined;
        throw new PlatformError('Unavailable', 'the lease of this key was not renewed in time');
      }
      const running = new AbortController();
      this.#running.set(key, running);
      try {
        return await underLease(guard, () => work(key, running.signal));
      } finally {
        this.#running.delete(key);
      }
    }, options);
    this.#leases.join({
      gained: shards => {
        for (const key of this.#keys()) if (shards.has(shardOf(key))) this.#queue.addSpare(key);
      },
      withdraw: shards => this.#queue.withdraw(key => shards.has(shardOf(key))),
      abort: shards => {
        for (const [key, running] of this.#running) if (shards.has(shardOf(key))) running.abort();
      },
    });
  }

  /** Looks at the key soon, if it is this server’s. */
  add(key: string): void {
    if (this.#leases.holds(key)) this.#queue.add(key);
  }

  /** As `add`, after `ms`. */
  addAfter(key: string, ms: number): void {
    if (ms === 0) this.add(key);
    else if (this.#leases.holds(key)) this.#queue.addAfter(key, ms);
  }

  /** Looks at every key of this server’s again. */
  addAll(): void {
    for (const key of this.#keys()) if (this.#leases.holds(key)) this.#queue.addSpare(key);
  }

  reading(controller: string): QueueReading {
    return this.#queue.reading(controller);
  }

  get settled(): boolean {
    return this.#queue.settled;
  }

  async stop(): Promise<void> {
    for (const running of this.#running.values()) running.abort();
    await this.#queue.stop();
  }
}
