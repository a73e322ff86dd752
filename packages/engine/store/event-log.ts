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
  readonly #followers = new Set<() => void>();
  #waking = false;

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

  /** Lets those who follow read on, as soon as whoever waits for an answer has it; called once a batch. */
  wake(): void {
    if (this.#waking || this.#followers.size === 0) return;
    this.#waking = true;
    process.nextTick(() => {
      this.#waking = false;
      for (const readOn of [...this.#followers]) readOn();
    });
  }

  /** Calls back when there is more to read. Must not throw. The result ends it. */
  follow(readOn: () => void): () => void {
    this.#followers.add(readOn);
    return () => this.#followers.delete(readOn);
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
}

/** As the kube-apiserver says it: what was asked for, and the oldest there is. */
export const tooOld = (revision: number, floor: number): PlatformError =>
  new PlatformError('Expired', `too old resource version: ${revision} (${floor})`);
