import type { Acknowledgement, RouteReceiver, RouteSource } from '../source/route-source.ts';

/** Where the old process sends what it would have told the server. */
export interface Successor {
  acknowledge(key: string, acknowledgement: Acknowledgement): void;
  firstRequest(key: string, release: string, at: string): void;
  waiting(key: string, since: string): void;
  used(key: string, at: string): void;
}

/**
 * A source for two processes that serve side by side while one hands over to the other. Only the new one talks to the
 * server, and it acknowledges what both have done: a change once it is in force in both, an address as drained once
 * neither uses it.
 */
export class SharedSource implements RouteSource {
  readonly #inner: RouteSource;
  readonly #own = new Map<string, Acknowledgement>();
  /** What the old process says, while it lives. */
  #predecessor: Map<string, Acknowledgement> | undefined;
  #successor: Successor | undefined;
  #held: boolean;

  /** `held`: nothing is told before `release`, because another process still serves. */
  constructor(inner: RouteSource, held: boolean) {
    this.#inner = inner;
    this.#held = held;
  }

  start(receiver: RouteReceiver): void {
    this.#inner.start(receiver);
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  acknowledge(key: string, acknowledgement: Acknowledgement): void {
    this.#own.set(key, acknowledgement);
    if (this.#successor) this.#successor.acknowledge(key, acknowledgement);
    else this.#tell(key);
  }

  firstRequest(key: string, release: string, at: string): void {
    (this.#successor ?? this.#inner).firstRequest(key, release, at);
  }

  waiting(key: string, since: string): void {
    (this.#successor ?? this.#inner).waiting(key, since);
  }

  used(key: string, at: string): void {
    (this.#successor ?? this.#inner).used(key, at);
  }

  /** The old process: from now on the successor is told. Returns what holds at this moment. */
  handTo(successor: Successor): (readonly [string, Acknowledgement])[] {
    this.#successor = successor;
    return [...this.#own];
  }

  /** The successor did not come up: this process goes on as before. */
  takeBack(): void {
    this.#successor = undefined;
    this.#tellAll();
  }

  /** The new process: it may talk, and these are the old one's acknowledgements at this moment. */
  release(predecessor: Iterable<readonly [string, Acknowledgement]>): void {
    this.#held = false;
    this.#predecessor = new Map(predecessor);
    this.#tellAll();
  }

  predecessorSays(key: string, acknowledgement: Acknowledgement): void {
    this.#predecessor?.set(key, acknowledgement);
    this.#tell(key);
  }

  predecessorGone(): void {
    if (!this.#predecessor) return;
    this.#predecessor = undefined;
    this.#tellAll();
  }

  #tellAll(): void {
    for (const key of this.#own.keys()) this.#tell(key);
  }

  #tell(key: string): void {
    const own = this.#own.get(key);
    if (own && !this.#held) this.#inner.acknowledge(key, both(own, this.#predecessor?.get(key)));
  }
}

const both = (a: Acknowledgement, b: Acknowledgement | undefined): Acknowledgement =>
  b === undefined
    ? a
    : {
        observedGeneration: Math.min(a.observedGeneration, b.observedGeneration),
        draining: [...new Set([...a.draining, ...b.draining])].sort(),
      };
