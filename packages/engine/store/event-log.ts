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
  #floor: number;
  readonly #waiting = new Set<() => void>();

  constructor(floor: number, capacity = 8192) {
    this.#floor = floor;
    this.#capacity = capacity;
  }

  /** Everything after this revision is still in the log. */
  get floor(): number {
    return this.#floor;
  }

  append(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#capacity * 2) {
      const dropped = this.#changes.splice(0, this.#capacity);
      this.#first += dropped.length;
      this.#floor = dropped.at(-1)?.revision ?? this.#floor;
    }
  }

  /** Begins anew after a revision whose way there is not known: everyone who reads is `Expired`. */
  restart(floor: number): void {
    this.#first += this.#changes.length + 1;
    this.#changes = [];
    this.#floor = floor;
    this.wake();
  }

  /** Lets those who wait read on; called once a batch. */
  wake(): void {
    for (const resolve of [...this.#waiting]) resolve();
  }

  /** Where the changes after a revision begin, which must not be before the floor. */
  positionAfter(revision: number): number {
    return this.#first + this.#placeAfter(revision);
  }

  /** The changes after a revision, which must not be before the floor. */
  since(revision: number): readonly Change[] {
    return this.#changes.slice(this.#placeAfter(revision));
  }

  #placeAfter(revision: number): number {
    if (revision < this.#floor) throw tooOld(revision, this.#floor);
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
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
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        cancelAlarm();
        resolve();
      };
      const cancelAlarm = alarm(done);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }
}

/** As the kube-apiserver says it: what was asked for, and the oldest there is. */
export const tooOld = (revision: number, floor: number): PlatformError =>
  new PlatformError('Expired', `too old resource version: ${revision} (${floor})`);
