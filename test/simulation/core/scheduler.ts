import type { Happening } from './happening.ts';

interface Entry {
  readonly time: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

const before = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Steps that are queued in Node’s own loop at once: turning that loop costs more than a step. */
const stepsPerTurn = 64;

/**
 * Everything that happens in a simulated world, in the order of simulated time; what is due at the same time happens in
 * the order in which it was asked for. After each callback all promises that it settled have run, as in Node’s own loop.
 */
export class Scheduler {
  readonly #heap: Entry[] = [];
  #order = 0;
  #time = 0;
  #trace: string[] | undefined;
  /** How often each happened. */
  readonly happened = new Map<Happening, number>();

  constructor({ trace }: { trace: boolean }) {
    this.#trace = trace ? [] : undefined;
  }

  /** Milliseconds since the world began. */
  get time(): number {
    return this.#time;
  }

  /** How many callbacks were asked for so far: a count that only grows. */
  get order(): number {
    return this.#order;
  }

  /** Calls back after `ms`; the result cancels. */
  after(ms: number, callback: () => void): () => void {
    return this.at(this.#time + ms, callback);
  }

  /** Calls back at a time, at once when it is over: exactly then, where a difference would be rounded and what follows could overtake. */
  at(time: number, callback: () => void): () => void {
    const entry: Entry = { time: Math.max(this.#time, time), order: this.#order++, callback };
    this.#push(entry);
    return () => {
      entry.callback = undefined;
    };
  }

  get traces(): boolean {
    return this.#trace !== undefined;
  }

  /** Notes what happened, if this run is traced. */
  trace(line: () => string): void {
    this.#trace?.push(`${this.#time.toFixed(3)} ${line()}`);
  }

  /** Counts what happened, and notes it if this run is traced. */
  count(what: Happening): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
    this.trace(() => what);
  }

  get traced(): readonly string[] {
    return this.#trace ?? [];
  }

  /** Runs until it holds, or nothing is left to do. Rejects with what a callback throws. */
  run(until: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let ended = false;
      const step = () => {
        if (ended) return;
        try {
          if (!until() && this.#next()) return;
          ended = true;
          resolve();
        } catch (error) {
          ended = true;
          reject(error);
        }
      };
      const turn = () => {
        if (ended) return;
        // Node settles all promises between two immediates.
        for (let count = 1; count < stepsPerTurn; count++) setImmediate(step);
        setImmediate(() => {
          step();
          turn();
        });
      };
      turn();
    });
  }

  #next(): boolean {
    for (let entry = this.#pop(); entry; entry = this.#pop()) {
      const { callback } = entry;
      if (!callback) continue;
      this.#time = entry.time;
      callback();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!before(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
