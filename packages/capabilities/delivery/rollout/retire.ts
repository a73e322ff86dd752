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
  const route = engine.store.peek(RouteKind, routeKey(rollout));
  const since =
    switchedAt === undefined ? Number.POSITIVE_INFINITY : engine.clock.now() - Date.parse(switchedAt);
  let again: number | undefined;
  for (const replica of replicas) {
    // Its address must stay its own as long as requests are sent there.
    if (route?.spec.backends.some(backend => backend.name === replica.metadata.name)) {
      again = lookAgainMs;
      continue;
    }
    const patience = replica.spec.http ? durationMs(replica.spec.http.drainTimeout) : 0;
    if (replica.status?.phase === 'Ready' && since < patience && draining(route, replica)) {
      again = lookAgainMs;
      continue;
    }
    await engine.store.delete(ReplicaKind, keyOf(replica), controllerActor('rollout')).catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  }
  return again;
};
