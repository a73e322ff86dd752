import type { Engine } from '@causeway/engine';
import {
  isPlatformError,
  type ObjectKey,
  type Replica,
  type Rollout,
  RolloutKind,
  type Route,
  RouteKind,
} from '@causeway/model';
import { environmentLabel, ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { routeAddress } from './route-address.ts';

const actor = controllerActor('rollout');

export const routeKey = (rollout: Rollout): ObjectKey => ({
  namespace: rollout.metadata.namespace ?? '',
  name: rollout.metadata.name,
});

const backendOf = (
  { metadata, spec, status }: Replica,
  share: { weight: number; standby?: true },
): Route['spec']['backends'] =>
  status?.address ? [{ name: metadata.name, address: status.address, release: spec.release, ...share }] : [];

type Behind = Pick<Route['spec'], 'hostnames' | 'backends' | 'asleep' | 'starting'>;

const writeRoute = async ({ store }: Engine, rollout: Rollout, behind: Behind): Promise<Route> => {
  const key = routeKey(rollout);
  const { service, environment } = rollout.spec;
  const place = { team: key.namespace, environment, service };
  // Its neighbours do not wait for each other's start: they find nobody there until it is done.
  const wanted = behind.starting ? behind : { ...behind, address: routeAddress(store, place) };
  const known = store.peek(RouteKind, key);
  try {
    if (!known)
      return await store.create(
        RouteKind,
        {
          metadata: {
            ...key,
            labels: { [serviceLabel]: rollout.spec.service, [environmentLabel]: rollout.spec.environment },
            ownerReferences: [ownedBy(rollout)],
          },
          spec: { service, environment, ...wanted },
        },
        actor,
        { partOf: [RolloutKind, rollout] },
      );
  } catch (error) {
    if (!isPlatformError(error, 'AlreadyExists')) throw error;
  }
  const parts = ({ hostnames, backends, asleep, starting, address }: Partial<Route['spec']>) =>
    JSON.stringify([hostnames, backends, asleep, starting, address]);
  if (known && parts(known.spec) === parts(wanted)) return known;
  return store.mutate(
    RouteKind,
    key,
    one => {
      const { asleep: _asleep, starting: _starting, ...spec } = one.spec;
      return { ...one, spec: { ...spec, ...wanted } };
    },
    actor,
  );
};

/** Sends the host names to these replicas, and to those on standby what none of them accepts; returns the route as stored. */
export const sendTraffic = (
  engine: Engine,
  rollout: Rollout,
  hostnames: readonly string[],
  replicas: readonly Replica[],
  standby: readonly Replica[] = [],
): Promise<Route> => {
  const backends = [
    ...replicas.flatMap(replica => backendOf(replica, { weight: 1 })),
    ...standby.flatMap(replica => backendOf(replica, { weight: 0, standby: true })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return writeRoute(engine, rollout, { hostnames: [...hostnames], backends });
};

/** Nothing is behind the host names, and the gateway keeps who asks for them until something is. */
export const holdTraffic = (engine: Engine, rollout: Rollout, hostnames: readonly string[]): Promise<Route> =>
  writeRoute(engine, rollout, { hostnames: [...hostnames], backends: [], asleep: true });

/** Whoever asks for a service that is being started for the first time waits for it; once there is a route this does nothing. */
export const expectTraffic = async (
  engine: Engine,
  rollout: Rollout,
  hostnames: readonly string[],
): Promise<void> => {
  if (engine.store.peek(RouteKind, routeKey(rollout))) return;
  await writeRoute(engine, rollout, { hostnames: [...hostnames], backends: [], starting: true });
};

/** At least one gateway is there and all serve the route as it stands. */
export const acknowledged = (route: Route): boolean => {
  const gateways = route.status?.gateways ?? [];
  return (
    gateways.length > 0 && gateways.every(gateway => gateway.observedGeneration >= route.metadata.generation)
  );
};

/** Whether a gateway still answers requests of this replica that began before it left the route. */
export const draining = (route: Route | undefined, replica: Replica): boolean =>
  route !== undefined &&
  replica.status?.address !== undefined &&
  (!acknowledged(route) ||
    (route.status?.gateways ?? []).some(gateway => gateway.draining.includes(replica.status?.address ?? '')));
