import type { Route } from '@causeway/model';

/** Whom a source tells about routes. Calls are synchronous: when they return, the routes serve. */
export interface RouteReceiver {
  /** The complete configuration, after a list that succeeded: what it lacks is gone. */
  replace(routes: readonly Route[]): void;
  set(route: Route): void;
  /** `key` is `team/name`. */
  remove(key: string): void;
}

/** What this gateway has to say about a route. */
export interface Acknowledgement {
  /** The generation in force. */
  readonly observedGeneration: number;
  /** Addresses out of the route that still answer requests begun before. */
  readonly draining: readonly string[];
}

/** Where routes come from, and where it is told that they serve. */
export interface RouteSource {
  start(receiver: RouteReceiver): void;
  /** Never waits and never fails: what matters is repeated until it has arrived. */
  acknowledge(key: string, acknowledgement: Acknowledgement): void;
  /** A release answered a request for the first time; `at` is RFC 3339. Told once a release and process. */
  firstRequest(key: string, release: string, at: string): void;
  /** Requests wait for a route that sleeps; `since` is when the newest came, RFC 3339. */
  waiting(key: string, since: string): void;
  /** Somebody outside uses the route; `at` is RFC 3339. */
  used(key: string, at: string): void;
  stop(): Promise<void>;
}
