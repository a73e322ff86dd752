import { createHash } from 'node:crypto';
import type { Store } from '@causeway/engine';
import { keyOf, keyText, type ObjectKey, type Route, RouteKind } from '@causeway/model';

/** A service in an environment of a team. */
export interface Place {
  readonly team: string;
  readonly environment: string;
  readonly service: string;
}

/** 127.64.0.0/10: loopback addresses that machines use for nothing else. */
const addresses = 1 << 22;

const addressAt = (index: number): string => `127.${64 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

const preferredIndex = ({ team, environment, service }: Place): number =>
  createHash('sha256').update(`${team}/${environment}/${service}`).digest().readUInt32BE() % addresses;

/** The address that a service has by its name alone, unless another was there before. */
export const preferredAddress = (place: Place): string => addressAt(preferredIndex(place));

/** Whether a route has another address than by its name alone. */
export const hasMoved = ({ metadata, spec: { address, environment, service } }: Route): boolean =>
  address !== undefined &&
  address !== preferredAddress({ team: metadata.namespace ?? '', environment, service });

/** Whether the first is the one that keeps an address both have; the gateway decides in the same way. */
const ranksBefore = ({ metadata: a }: Route, { metadata: b }: Route): boolean =>
  a.creationTimestamp === b.creationTimestamp
    ? `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}`
    : a.creationTimestamp < b.creationTimestamp;

const routeKey = ({ team, environment, service }: Place): ObjectKey => ({
  namespace: team,
  name: `${service}.${environment}`,
});

/** The address for a service’s route: the one it has, as long as no older route has it, or the first free one from the preferred on. */
export const routeAddress = (store: Store, place: Place): string => {
  const key = routeKey(place);
  const own = store.peek(RouteKind, key);
  const isFree = (address: string): boolean =>
    store.peekAll(
      RouteKind,
      undefined,
      other =>
        other.spec.address === address &&
        keyText(keyOf(other)) !== keyText(key) &&
        !(own?.spec.address === address && ranksBefore(own, other)),
    ).length === 0;
  if (own?.spec.address !== undefined && isFree(own.spec.address)) return own.spec.address;
  for (let index = preferredIndex(place); ; index = (index + 1) % addresses)
    if (isFree(addressAt(index))) return addressAt(index);
};

/** Where a service is reached, or will be once it has a route. */
export const addressOf = (store: Store, place: Place): string =>
  store.peek(RouteKind, routeKey(place))?.spec.address ?? routeAddress(store, place);
