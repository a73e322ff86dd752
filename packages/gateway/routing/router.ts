import { keyOf, keyText, type Route } from '@causeway/model';
import type { AccessLogs } from '../observe/access-logs.ts';
import { RouteMetrics } from '../observe/route-metrics.ts';
import type { RouteReceiver, RouteSource } from '../source/route-source.ts';
import type { SavedRoutes } from '../source/saved-routes.ts';
import { LiveRoute, type LiveRouteEvents, type LiveRouteLimits } from './live-route.ts';
import { type RouteEntry, routeEntry } from './route-entry.ts';
import { buildRoutingTable } from './routing-table.ts';

export interface RouterOptions {
  readonly source: RouteSource;
  readonly saved: SavedRoutes;
  readonly logs: AccessLogs;
  readonly limits: LiveRouteLimits;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Other addresses than before lead to routes. */
  readonly onAddresses: (addresses: ReadonlySet<string>) => void;
}

const hostnamesOf = ({ hostnames }: RouteEntry): readonly string[] => hostnames;
const addressesOf = ({ address }: RouteEntry): readonly string[] => (address === undefined ? [] : [address]);

const sameClaims = (a: RouteEntry, b: RouteEntry): boolean =>
  a.createdAt === b.createdAt &&
  a.address === b.address &&
  a.hostnames.length === b.hostnames.length &&
  a.hostnames.every((name, index) => name === b.hostnames[index]);

/** The routes in force. A change is applied, in force and acknowledged within one call. */
export class Router implements RouteReceiver {
  readonly #options: RouterOptions;
  readonly #events: LiveRouteEvents;
  /** As received, by key: what is saved. */
  readonly #routes = new Map<string, Route>();
  readonly #live = new Map<string, LiveRoute>();
  /** Replaced whole, never changed: a lookup sees the old table or the new one. */
  #table: ReadonlyMap<string, LiveRoute> = new Map();
  #addresses: ReadonlyMap<string, LiveRoute> = new Map();
  #configured = false;
  readonly #synced = Promise.withResolvers<void>();

  constructor(options: RouterOptions) {
    this.#options = options;
    const { source, wallClock } = options;
    const timeOf = (at: number): string => new Date(at).toISOString();
    this.#events = {
      onDrained: route => {
        if (this.#live.get(route.entry.key) === route) this.#acknowledge(route);
      },
      onFirstAnswer: (route, release) => source.firstRequest(route.entry.key, release, timeOf(wallClock())),
      onWaiting: (route, at) => source.waiting(route.entry.key, timeOf(at)),
      onUsed: (route, at) => source.used(route.entry.key, timeOf(at)),
    };
  }

  /** Whether the routes are known, from the server or from the last run. */
  get configured(): boolean {
    return this.#configured;
  }

  /** Resolves when the server has told its state for the first time. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get routes(): Iterable<LiveRoute> {
    return this.#live.values();
  }

  find(hostname: string): LiveRoute | undefined {
    return this.#table.get(hostname);
  }

  /** The route that a loopback address leads to. */
  at(address: string): LiveRoute | undefined {
    return this.#addresses.get(address);
  }

  /** Serves what the last run knew until the server says more. Nothing is acknowledged: the server has not asked. */
  restore(): void {
    const saved = this.#options.saved.load();
    if (!saved) return;
    for (const route of saved) this.#apply(route);
    this.#swap();
    this.#configured = true;
  }

  replace(routes: readonly Route[]): void {
    const keys = new Set(routes.map(route => keyText(keyOf(route))));
    for (const key of [...this.#live.keys()]) if (!keys.has(key)) this.#forget(key);
    for (const route of routes) this.#apply(route);
    this.#swap();
    this.#configured = true;
    for (const route of this.#live.values()) this.#acknowledge(route);
    this.#synced.resolve();
    this.#save();
  }

  set(route: Route): void {
    const key = keyText(keyOf(route));
    const before = this.#live.get(key)?.entry;
    // Also told when only the status changed, for instance by this gateway.
    if (before?.uid === route.metadata.uid && before.generation === route.metadata.generation) return;
    const after = this.#apply(route);
    if (!before || !sameClaims(before, after.entry)) this.#swap();
    this.#acknowledge(after);
    this.#save();
  }

  remove(key: string): void {
    this.#forget(key);
    this.#swap();
    this.#save();
  }

  /** Closes the connections to all backends. */
  retire(): void {
    for (const route of this.#live.values()) route.retire();
  }

  #apply(route: Route): LiveRoute {
    const entry = routeEntry(route);
    const { key } = entry;
    this.#routes.set(key, route);
    let live = this.#live.get(key);
    if (live?.entry.service === entry.service) {
      live.apply(entry);
      return live;
    }
    live?.retire();
    const { logs, limits } = this.#options;
    const observers = { metrics: new RouteMetrics(), log: logs.of(entry.team, entry.service) };
    live = new LiveRoute(entry, observers, this.#events, limits);
    this.#live.set(key, live);
    return live;
  }

  #forget(key: string): void {
    this.#live.get(key)?.retire();
    this.#live.delete(key);
    this.#routes.delete(key);
  }

  #swap(): void {
    const entries = [...this.#live.values()].map(route => route.entry);
    const tableOf = (claimsOf: (entry: RouteEntry) => readonly string[]): Map<string, LiveRoute> =>
      new Map(
        [...buildRoutingTable(entries, claimsOf)].map(([claim, { key }]) => [claim, this.#live.get(key)!]),
      );
    this.#table = tableOf(hostnamesOf);
    this.#addresses = tableOf(addressesOf);
    this.#options.onAddresses(new Set(this.#addresses.keys()));
  }

  #acknowledge(route: LiveRoute): void {
    const { key, generation, holds } = route.entry;
    // Nobody waits to hear of it: there was nothing before that could still answer.
    if (holds === 'starting') return;
    this.#options.source.acknowledge(key, { observedGeneration: generation, draining: route.draining });
  }

  #save(): void {
    this.#options.saved.save(() => this.#routes.values());
  }
}
