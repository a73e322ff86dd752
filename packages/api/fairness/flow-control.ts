import { PlatformError } from '@causeway/model';

/** `asked`: somebody waits for this one answer. `resync`: a client reads everything again to be up to date. */
export type Rank = 'asked' | 'resync';

export interface FlowControlOptions {
  /** Requests that are served at once. */
  readonly seats: number;
  /** Of these, so many for one user. */
  readonly seatsPerFlow: number;
  /** Of these, so many for resyncs: each is long, and what they hold up is everything else. */
  readonly resyncSeats: number;
  /** Requests of one user that wait; more are refused. */
  readonly longestQueue: number;
}

/** Enough for writers to share batches, few enough that everyone’s turn comes within some milliseconds. */
export const defaultFlowControl: FlowControlOptions = {
  seats: 512,
  seatsPerFlow: 384,
  resyncSeats: 16,
  longestQueue: 1024,
};

/** Gives the seat back. Calling it again changes nothing. */
export type Release = () => void;

class Flow {
  held = 0;
  readonly waiting: Record<Rank, ((release: Release) => void)[]> = { asked: [], resync: [] };
}

/**
 * Priority and fairness, after the Kubernetes API’s: who asks takes a seat, and when there is none waits in the queue of their
 * own. A seat that gets free goes to users in turn, however many requests each has waiting, and to those who wait for an
 * answer before those who read everything again. Not thread-safe, as nothing here.
 */
export class FlowControl {
  readonly #options: FlowControlOptions;
  /** Those who hold or wait; whoever got a seat last is at the end. */
  readonly #flows = new Map<string, Flow>();
  #held = 0;
  #resyncs = 0;
  #waiting = 0;

  constructor(options: FlowControlOptions = defaultFlowControl) {
    this.#options = options;
  }

  /** Requests that wait for a seat. */
  get waiting(): number {
    return this.#waiting;
  }

  get held(): number {
    return this.#held;
  }

  /** A seat, at once when one is free. Throws `TooManyRequests` when this user already has too many waiting. */
  admit(user: string, rank: Rank): Release | Promise<Release> {
    let flow = this.#flows.get(user);
    if (!flow) {
      flow = new Flow();
      this.#flows.set(user, flow);
    }
    const queue = flow.waiting[rank];
    if (queue.length === 0 && this.#isFree(flow, rank)) return this.#seat(user, flow, rank);
    if (queue.length >= this.#options.longestQueue)
      throw new PlatformError('TooManyRequests', `${user} has ${queue.length} requests waiting already`, {
        retryAfterSeconds: 1,
      });
    this.#waiting += 1;
    return new Promise(resolve => queue.push(resolve));
  }

  #isFree(flow: Flow, rank: Rank): boolean {
    const { seats, seatsPerFlow, resyncSeats } = this.#options;
    return (
      this.#held < seats && flow.held < seatsPerFlow && (rank === 'asked' || this.#resyncs < resyncSeats)
    );
  }

  #seat(user: string, flow: Flow, rank: Rank): Release {
    flow.held += 1;
    this.#held += 1;
    if (rank === 'resync') this.#resyncs += 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      flow.held -= 1;
      this.#held -= 1;
      if (rank === 'resync') this.#resyncs -= 1;
      if (this.#waiting > 0) this.#next();
      if (flow.held === 0 && flow.waiting.asked.length + flow.waiting.resync.length === 0)
        this.#flows.delete(user);
    };
  }

  #next(): void {
    for (const rank of ['asked', 'resync'] as const)
      for (const [user, flow] of this.#flows) {
        if (flow.waiting[rank].length === 0 || !this.#isFree(flow, rank)) continue;
        const resolve = flow.waiting[rank].shift() as (release: Release) => void;
        this.#waiting -= 1;
        this.#flows.delete(user);
        this.#flows.set(user, flow);
        resolve(this.#seat(user, flow, rank));
        return;
      }
  }
}
