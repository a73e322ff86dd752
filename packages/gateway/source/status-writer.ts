import { isPlatformError, parseKey, type Route } from '@causeway/model';
import type { Acknowledgement } from './route-source.ts';

type RouteStatus = NonNullable<Route['status']>;
type GatewayStatus = NonNullable<RouteStatus['gateways']>[number];
type Traffic = NonNullable<RouteStatus['traffic']>[number];

/** The fields of a Route's status that a gateway writes. */
export type StatusPatch = Partial<Pick<RouteStatus, 'gateways' | 'traffic' | 'waiting' | 'lastRequestAt'>>;

export interface StatusWriterOptions {
  /** This gateway's name in the status. */
  readonly name: string;
  /** Merges the patch into the status and resolves to the route as it is then; rejects with a PlatformError. */
  readonly patchStatus: (namespace: string, name: string, patch: StatusPatch) => Promise<Route>;
  readonly retryMs: (failures: number) => number;
  /** How long what nobody waits for may wait for something else to go out with. Milliseconds. */
  readonly laterMs: number;
}

/** Releases whose first request is kept in a status: enough for any rollback people make. */
const keptTraffic = 50;

interface Pending {
  acknowledgement: Acknowledgement | undefined;
  readonly traffic: Map<string, Traffic>;
  /** Times, RFC 3339. */
  waiting: string | undefined;
  used: string | undefined;
  writing: boolean;
  failures: number;
  later: NodeJS.Timeout | undefined;
}

/** Resource versions are decimal numbers of any size. */
const isNewer = (version: string, than: string): boolean =>
  version.length === than.length ? version > than : version.length > than.length;

const versionOf = (route: Route): string => route.metadata.resourceVersion;

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/**
 * Brings what the gateway says of its routes to the server: one write a route at a time, the latest state each time,
 * again until it has arrived or the route is gone. A merge patch replaces lists whole, so each carries the entries of others.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #pending = new Map<string, Pending>();
  /** Each route as last seen, by a watch or as the answer to a write. */
  readonly #seen = new Map<string, Route>();
  #stopped = false;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** The server has told this state of the route. */
  observe(key: string, route: Route): void {
    const seen = this.#seen.get(key);
    if (!seen || seen.metadata.uid !== route.metadata.uid || isNewer(versionOf(route), versionOf(seen)))
      this.#seen.set(key, route);
  }

  /** Sent at once, within this call, unless a write for the route is under way. */
  acknowledge(key: string, acknowledgement: Acknowledgement): void {
    this.#of(key).acknowledgement = acknowledgement;
    this.#write(key);
  }

  firstRequest(key: string, release: string, firstRequestAt: string): void {
    this.#of(key).traffic.set(release, { release, firstRequestAt });
    this.#writeLater(key);
  }

  waiting(key: string, since: string): void {
    this.#of(key).waiting = since;
    this.#write(key);
  }

  used(key: string, at: string): void {
    this.#of(key).used = at;
    this.#writeLater(key);
  }

  /** The route is gone: nothing more is to be said of it. */
  forget(key: string): void {
    this.#pending.delete(key);
    this.#seen.delete(key);
  }

  stop(): void {
    this.#stopped = true;
    this.#pending.clear();
  }

  #of(key: string): Pending {
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = {
        acknowledgement: undefined,
        traffic: new Map(),
        waiting: undefined,
        used: undefined,
        writing: false,
        failures: 0,
        later: undefined,
      };
      this.#pending.set(key, pending);
    }
    return pending;
  }

  /** Each write is a commit, and work for all who hear of it: just when whoever asked waits for the answer. */
  #writeLater(key: string): void {
    const pending = this.#of(key);
    pending.later ??= setTimeout(() => {
      pending.later = undefined;
      this.#write(key);
    }, this.#options.laterMs).unref();
  }

  #write(key: string): void {
    const pending = this.#pending.get(key);
    if (!pending || pending.writing || this.#stopped) return;
    const { acknowledgement, waiting, used } = pending;
    const traffic = [...pending.traffic.values()];
    const patch: StatusPatch = {
      ...this.#patch(this.#seen.get(key)?.status, acknowledgement, traffic),
      ...(waiting === undefined ? {} : { waiting: { gateway: this.#options.name, since: waiting } }),
      ...(used === undefined ? {} : { lastRequestAt: used }),
    };
    if (Object.keys(patch).length === 0) {
      this.#pending.delete(key);
      return;
    }
    pending.writing = true;
    const { namespace, name } = parseKey(key);
    this.#options.patchStatus(namespace, name, patch).then(
      route => {
        pending.writing = false;
        pending.failures = 0;
        this.observe(key, route);
        if (pending.acknowledgement === acknowledgement) pending.acknowledgement = undefined;
        if (pending.waiting === waiting) pending.waiting = undefined;
        if (pending.used === used) pending.used = undefined;
        for (const { release } of traffic) pending.traffic.delete(release);
        if (pending.acknowledgement ?? pending.waiting ?? !pending.later) this.#write(key);
      },
      error => {
        if (isPlatformError(error, 'NotFound')) return this.forget(key);
        const delay = this.#options.retryMs(pending.failures++);
        setTimeout(() => {
          pending.writing = false;
          this.#write(key);
        }, delay).unref();
      },
    );
  }

  /** What differs from the status as last seen. */
  #patch(
    status: RouteStatus | undefined,
    acknowledgement: Acknowledgement | undefined,
    traffic: readonly Traffic[],
  ): StatusPatch {
    const patch: { gateways?: GatewayStatus[]; traffic?: Traffic[] } = {};
    if (acknowledgement) {
      const { observedGeneration, draining } = acknowledgement;
      const gateways = status?.gateways ?? [];
      const { name } = this.#options;
      const mine = gateways.find(gateway => gateway.name === name);
      if (mine?.observedGeneration !== observedGeneration || !sameList(mine.draining, draining))
        patch.gateways = [
          ...gateways.filter(gateway => gateway.name !== name),
          { name, observedGeneration, draining: [...draining] },
        ];
    }
    const known = status?.traffic ?? [];
    const fresh = traffic.filter(({ release }) => !known.some(seen => seen.release === release));
    if (fresh.length > 0) patch.traffic = [...known, ...fresh].slice(-keptTraffic);
    return patch;
  }
}
