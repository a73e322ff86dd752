import type { Chance, Clock } from '@causeway/engine';
import { beginning } from '../world/pace.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * One run of a process: its clock, its luck, and whether it lives. Once it has crashed nothing calls it back any more,
 * so whatever it was doing simply stops there.
 */
export class Machine {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #began: number;
  #alive = true;
  #wallOffset = 0;
  #stalledUntil = 0;

  constructor(name: string, scheduler: Scheduler, random: Random) {
    this.name = name;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#began = scheduler.time - random.between(0, 1000);
  }

  get alive(): boolean {
    return this.#alive;
  }

  readonly clock: Clock = {
    now: () => Math.floor(beginning + this.#scheduler.time + this.#wallOffset),
    elapsed: () => this.#scheduler.time - this.#began,
    after: (ms, callback) => this.deliver(ms + this.#random.fraction(), callback),
  };

  readonly chance: Chance = {
    uuid: () => this.#random.uuid(),
    fraction: () => this.#random.fraction(),
  };

  /** Calls this process back after `ms`, later if it is stalled then, never once it is dead. The result cancels. */
  deliver(ms: number, callback: () => void): () => void {
    return this.deliverAt(this.#scheduler.time + ms, callback);
  }

  /** As `deliver`, at a time. */
  deliverAt(time: number, callback: () => void): () => void {
    let cancel = this.#scheduler.at(time, () => {
      if (!this.#alive) return;
      if (this.#stalledUntil <= this.#scheduler.time) {
        callback();
        return;
      }
      this.#scheduler.count('a callback waits for a processor');
      cancel = this.deliverAt(this.#stalledUntil, callback);
    });
    return () => cancel();
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** The process gets no processor for so long. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#scheduler.time + ms);
  }

  crash(): void {
    this.#alive = false;
  }
}
