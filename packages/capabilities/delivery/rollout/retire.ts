import type { Engine } from '@causeway/engine';
import {
  durationMs,
  isPlatformError,
  keyOf,
  type Replica,
  ReplicaKind,
  type Rollout,
  RouteKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { draining, routeKey } from './route-plan.ts';

const lookAgainMs = 250;

/** A switch that far ahead was before somebody set the clock back: nobody knows how long ago it is. */
const clockSetBackMs = 60_000;

/**
 * Whether a replica may end: no route sends requests there, and it has answered those begun before, or its drain
 * timeout has passed since the switch.
 */
export const mayEnd = (
  { store, clock }: Engine,
  rollout: Rollout,
  replica: Replica,
  switchedAt: string | undefined,
): boolean => {
  const route = store.peek(RouteKind, routeKey(rollout));
  // Its address must stay its own as long as requests are sent there.
  if (route?.spec.backends.some(backend => backend.name === replica.metadata.name)) return false;
  const passed = switchedAt === undefined ? Number.POSITIVE_INFINITY : clock.now() - Date.parse(switchedAt);
  const since = passed < -clockSetBackMs ? Number.POSITIVE_INFINITY : passed;
  const patience = replica.spec.http ? durationMs(replica.spec.http.drainTimeout) : 0;
  return replica.status?.phase !== 'Ready' || since >= patience || !draining(route, replica);
};

/**
 * Lets replicas go that are no longer wanted. One that still answers requests begun before it left the route
 * stays until they are done or its drain timeout has passed since the switch. Returns when to look again.
 */
export const retire = async (
  engine: Engine,
  rollout: Rollout,
  replicas: readonly Replica[],
  switchedAt: string | undefined,
): Promise<number | undefined> => {
  let again: number | undefined;
  for (const replica of replicas) {
    if (!mayEnd(engine, rollout, replica, switchedAt)) {
      again = lookAgainMs;
      continue;
    }
    await engine.store.delete(ReplicaKind, keyOf(replica), controllerActor('rollout')).catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  }
  return again;
};
