import { durationMs, keyOf, keyText, type Route, ServiceAddress } from '@causeway/model';

/** One place a route sends requests to. */
export interface Target {
  /** `host:port` */
  readonly address: string;
  readonly release: string;
  readonly weight: number;
  /** Gets only what none of the others accepted. */
  readonly standby: boolean;
}

/** A Route as the data plane needs it: checked once, so that nothing has to be checked for each request. */
export interface RouteEntry {
  /** `team/name` */
  readonly key: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAt: string;
  readonly team: string;
  readonly service: string;
  readonly environment: string;
  /** Lower case, without a port or a final dot. */
  readonly hostnames: readonly string[];
  /** A loopback address that leads here, whatever host a request names. */
  readonly address: string | undefined;
  readonly targets: readonly Target[];
  /** Why nothing runs behind it for now, though something will: its requests are held. */
  readonly holds: 'asleep' | 'starting' | undefined;
  readonly connectTimeoutMs: number;
  /** Until the first byte of the response. */
  readonly responseTimeoutMs: number;
  readonly retries: number;
}

const addressPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

/** `host:port` or `[ipv6]:port`, with a port that exists. */
export const isAddress = (text: string): boolean => {
  const port = Number(addressPattern.exec(text)?.[1] ?? 0);
  return port > 0 && port <= 65_535;
};

const normalHostname = (hostname: string): string => hostname.toLowerCase().replace(/\.$/, '');

/** Backends with an unusable address are left out: one bad entry must not take the others away. */
export const routeEntry = (route: Route): RouteEntry => {
  const { metadata, spec } = route;
  return {
    key: keyText(keyOf(route)),
    uid: metadata.uid,
    generation: metadata.generation,
    createdAt: metadata.creationTimestamp,
    team: metadata.namespace ?? '',
    service: spec.service,
    environment: spec.environment,
    hostnames: [...new Set(spec.hostnames.map(normalHostname))],
    address: ServiceAddress.safeParse(spec.address).data,
    targets: spec.backends
      .filter(backend => isAddress(backend.address))
      .map(({ address, release, weight, standby = false }) => ({ address, release, weight, standby })),
    holds: spec.asleep ? 'asleep' : spec.starting ? 'starting' : undefined,
    connectTimeoutMs: durationMs(spec.timeouts.connect),
    responseTimeoutMs: durationMs(spec.timeouts.response),
    retries: spec.retries,
  };
};
