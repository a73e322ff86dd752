import type { Problem } from '../proxy/problem.ts';

/** A request that waits until somebody can answer it. */
export interface HeldRequest {
  /** Somebody can answer now. */
  resume(): void;
  refuse(problem: Problem): void;
}

export interface HoldLimits {
  /** So many requests of a route wait at once. */
  readonly most: number;
  /** None waits longer. Milliseconds. */
  readonly forMs: number;
}

export const defaultHold: HoldLimits = { most: 100, forMs: 60_000 };

/** Requests for a route behind which nothing runs yet, in the order they came. Nothing of their bodies has been read. */
export class HeldRequests {
  readonly #limits: HoldLimits;
  readonly #timers = new Map<HeldRequest, NodeJS.Timeout>();

  constructor(limits: HoldLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#timers.size;
  }

  /** `late` is what it is refused with when nobody came in time. Returns `false` when as many wait as may. */
  add(request: HeldRequest, late: Problem): boolean {
    if (this.#timers.size >= this.#limits.most) return false;
    const timer = setTimeout(() => {
      this.#timers.delete(request);
      request.refuse(late);
    }, this.#limits.forMs);
    this.#timers.set(request, timer);
    return true;
  }

  /** Its client has gone. */
  forget(request: HeldRequest): void {
    clearTimeout(this.#timers.get(request));
    this.#timers.delete(request);
  }

  resume(): void {
    for (const request of this.#takeAll()) request.resume();
  }

  refuse(problem: Problem): void {
    for (const request of this.#takeAll()) request.refuse(problem);
  }

  #takeAll(): HeldRequest[] {
    const requests = [...this.#timers.keys()];
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    return requests;
  }
}
