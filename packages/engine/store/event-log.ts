import { type KindObject, PlatformError } from '@causeway/model';

/** One committed change of one object. `before` is absent for a creation; a DELETED’s object is the last state with the version of its deletion. */
export interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly object: KindObject;
  readonly before: KindObject | undefined;
}

/**
 * The latest changes of one kind, in order. Watchers read it at their own pace by position, so a slow one
 * costs nothing and blocks nobody; when what it has yet to read was dropped, it is `Expired`.
 */
export class EventLog {
  readonly #capacity: number;
  #changes: Change[] = [];
  /** Position of #changes[0] since the start. */
  #first = 0;
  /** Everything after this revision is still in the log. */
  #floor: number;
  #wake: (() => void)[] = [];

  constructor(floor: number, capacity = 8192) {
    this.#floor = floor;
    this.#capacity = capacity;
  }

  append(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#capacity * 2) {
      const dropped = this.#changes.splice(0, this.#capacity);
      this.#first += dropped.length;
      this.#floor = dropped.at(-1)?.revision ?? this.#floor;
    }
  }

  /** Lets those who wait read on; called once a batch. */
  wake(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }

  /** Where the changes after a revision begin. */
  positionAfter(revision: number): number {
    if (revision < this.#floor)
      throw new PlatformError('Expired', `too old resource version: ${revision} (${this.#floor})`);
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#first + low;
  }

  /** The change at a position; `undefined` when it has not happened yet. */
  at(position: number): Change | undefined {
    if (position < this.#first)
      throw new PlatformError(
        'Expired',
        'this watch fell too far behind: changes it has not read were dropped',
      );
    return this.#changes[position - this.#first];
  }

  get end(): number {
    return this.#first + this.#changes.length;
  }

  /** Resolves at the next wake, when the signal ends, or when `alarm` calls. */
  next(signal: AbortSignal, alarm: (wake: () => void) => () => void): Promise<void> {
    return new Promise(resolve => {
      if (signal.aborted) return resolve();
      const done = () => {
        signal.removeEventListener('abort', done);
        cancelAlarm();
        resolve();
      };
      const cancelAlarm = alarm(done);
      signal.addEventListener('abort', done);
      this.#wake.push(done);
    });
  }
}
