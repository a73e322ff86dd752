import { productionEnvironment } from '@causeway/model';
import { Backend } from '../backends/backend.ts';
import type { AccessLog } from '../observe/access-log.ts';
import type { RouteMetrics } from '../observe/route-metrics.ts';
import { noBackend, type Problem, waitedTooLong } from '../proxy/problem.ts';
import { type HeldRequest, HeldRequests, type HoldLimits } from './held-requests.ts';
import type { RouteEntry } from './route-entry.ts';
import { chooseAt, nextPoint } from './weighted-choice.ts';

/** A target of the entry in force, with the backend that answers for it. */
export interface LiveTarget {
  readonly weight: number;
  readonly release: string;
  readonly backend: Backend;
}

export interface LiveRouteEvents {
  /** A retired backend has answered its last request. */
  readonly onDrained: (route: LiveRoute) => void;
  /** A release answered the first request that this process saw of it. */
  readonly onFirstAnswer: (route: LiveRoute, release: string) => void;
  /** Requests from outside wait for it to wake; told again while more come, but not for each. */
  readonly onWaiting: (route: LiveRoute, at: number) => void;
  /** Somebody outside uses it; told at most once a minute. */
  readonly onUsed: (route: LiveRoute, at: number) => void;
}

export interface LiveRouteLimits {
  readonly connectionsPerBackend: number;
  readonly hold: HoldLimits;
}

const waitingAgainMs = 5_000;
const usedAgainMs = 60_000;

/** What lives on while a route's entries come and go: connections, requests in flight, counters. */
export class LiveRoute {
  entry: RouteEntry;
  readonly metrics: RouteMetrics;
  readonly log: AccessLog;
  readonly #events: LiveRouteEvents;
  readonly #limits: LiveRouteLimits;
  readonly #held: HeldRequests;
  readonly #answered = new Set<string>();
  /** Every backend that is in the entry or still answers. */
  readonly #backends = new Set<Backend>();
  #targets: readonly LiveTarget[] = [];
  #standby: readonly LiveTarget[] = [];
  #point = 0;
  #waitingToldAt = Number.NEGATIVE_INFINITY;
  #newestWaiting = 0;
  #tellingLater: NodeJS.Timeout | undefined;
  #usedToldAt = Number.NEGATIVE_INFINITY;

  constructor(
    entry: RouteEntry,
    observers: { metrics: RouteMetrics; log: AccessLog },
    events: LiveRouteEvents,
    limits: LiveRouteLimits,
  ) {
    this.entry = entry;
    this.metrics = observers.metrics;
    this.log = observers.log;
    this.#events = events;
    this.#limits = limits;
    this.#held = new HeldRequests(limits.hold);
    this.apply(entry);
  }

  /** Serves the entry from now on. Backends it leaves out get nothing new; what they are answering goes on. */
  apply(entry: RouteEntry): void {
    const { connectTimeoutMs } = entry;
    const keep = connectTimeoutMs === this.entry.connectTimeoutMs;
    const known = new Map<string, Backend>();
    for (const backend of this.#backends) if (keep && !backend.retired) known.set(backend.address, backend);
    if (this.entry.holds !== 'asleep') this.#waitingToldAt = Number.NEGATIVE_INFINITY;
    this.entry = entry;
    const targets = entry.targets.map(({ address, release, weight, standby }) => {
      let backend = known.get(address);
      if (!backend) {
        backend = new Backend({
          address,
          connectTimeoutMs,
          maxConnections: this.#limits.connectionsPerBackend,
        });
        known.set(address, backend);
        this.#backends.add(backend);
      }
      return { standby, target: { weight, release, backend } };
    });
    this.#targets = targets.flatMap(({ standby, target }) => (standby ? [] : [target]));
    this.#standby = targets.flatMap(({ standby, target }) => (standby ? [target] : []));
    const serving = new Set(targets.map(({ target }) => target.backend));
    for (const backend of this.#backends) if (!serving.has(backend)) this.#retire(backend);
    this.metrics.keepReleases(new Set(entry.targets.map(target => target.release)));
    if (targets.length > 0) this.#held.resume();
    else if (!entry.holds) this.#held.refuse(noBackend(entry.service));
  }

  /** The route is gone: no backend gets anything new. */
  retire(): void {
    this.#targets = [];
    this.#standby = [];
    for (const backend of this.#backends) this.#retire(backend);
    this.#held.refuse(noBackend(this.entry.service));
    clearTimeout(this.#tellingLater);
  }

  /** Requests that wait until something runs. */
  get held(): number {
    return this.#held.size;
  }

  /** Keeps a request until somebody can answer it; `false` when too many wait already. */
  hold(request: HeldRequest): boolean {
    const { service, environment, holds = 'asleep' } = this.entry;
    return this.#held.add(request, waitedTooLong(service, environment, holds, this.#limits.hold.forMs));
  }

  forget(request: HeldRequest): void {
    this.#held.forget(request);
  }

  refuseHeld(problem: Problem): void {
    this.#held.refuse(problem);
  }

  /** A request from outside has come. Milliseconds since 1970. */
  used(at: number): void {
    if (this.entry.environment !== productionEnvironment && at - this.#usedToldAt >= usedAgainMs) {
      this.#usedToldAt = at;
      this.#events.onUsed(this, at);
    }
    if (this.#sleeps) this.#waits(at);
  }

  /** Each is told, if not at once: it may be asleep again since the one before. */
  #waits(at: number): void {
    const leftMs = this.#waitingToldAt + waitingAgainMs - at;
    this.#newestWaiting = at;
    if (leftMs > 0) this.#tellingLater ??= setTimeout(this.#tellWaiting, leftMs).unref();
    else this.#tellWaiting();
  }

  readonly #tellWaiting = (): void => {
    clearTimeout(this.#tellingLater);
    this.#tellingLater = undefined;
    if (!this.#sleeps) return;
    this.#waitingToldAt = this.#newestWaiting;
    this.#events.onWaiting(this, this.#newestWaiting);
  };

  get #sleeps(): boolean {
    return this.entry.holds === 'asleep' && this.#targets.length === 0;
  }

  /** Where the next request goes; `undefined` when there is nobody. */
  choose(excluded?: readonly LiveTarget[]): LiveTarget | undefined {
    this.#point = nextPoint(this.#point);
    return chooseAt(this.#targets, this.#point, excluded);
  }

  /** Who takes a request that none of the targets accepted. */
  chooseStandby(excluded: readonly LiveTarget[]): LiveTarget | undefined {
    return this.#standby.find(target => !excluded.includes(target));
  }

  begin(backend: Backend): void {
    backend.inFlight += 1;
  }

  end(backend: Backend): void {
    backend.inFlight -= 1;
    if (backend.inFlight > 0 || !backend.retired) return;
    this.#backends.delete(backend);
    this.#events.onDrained(this);
  }

  answered(release: string): void {
    if (this.#answered.has(release)) return;
    this.#answered.add(release);
    this.#events.onFirstAnswer(this, release);
  }

  /** Addresses out of the entry that still answer requests begun before. */
  get draining(): string[] {
    const serving = new Set(this.entry.targets.map(target => target.address));
    const addresses = new Set<string>();
    for (const { retired, inFlight, address } of this.#backends)
      if (retired && inFlight > 0 && !serving.has(address)) addresses.add(address);
    return [...addresses].sort();
  }

  #retire(backend: Backend): void {
    if (!backend.retired) backend.retire();
    if (backend.inFlight === 0) this.#backends.delete(backend);
  }
}
