import {
  type Environment,
  EnvironmentKind,
  isPlatformError,
  keyOf,
  PlatformError,
  ReplicaKind,
  RouteKind,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { cleanUpOutside } from './clean-up-outside.ts';
import { environmentFinalizer } from './finalizer.ts';
import { forgetBuilds } from './forget-builds.ts';
import { rolloutsOf, withdrawAll } from './rollouts.ts';

const actor = controllerActor('environment');
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Removes what an environment made, the outside included; it goes when nothing is left. */
export const tearDown = async (
  capabilities: Capabilities,
  environment: Environment,
  signal: AbortSignal,
): Promise<{ after: number } | undefined> => {
  if (!environment.metadata.finalizers?.includes(environmentFinalizer)) return undefined;
  const { engine } = capabilities;
  await withdrawAll(engine, environment);
  await forgetBuilds(engine, environment, () => true);
  const left = remains(capabilities, environment);
  if (left !== undefined) return reportLeft(capabilities, environment, `Waits for ${left} to go.`);
  const outside = await cleanUpOutside(capabilities, environment, signal);
  if (outside.waitsFor !== undefined) {
    await reportLeft(capabilities, environment, outside.waitsFor, outside.cleaned);
    return { after: outside.againMs };
  }
  await engine.store
    .mutate(
      EnvironmentKind,
      keyOf(environment),
      one => {
        // Against what is committed with it: what another server has just made is seen.
        const late = remains(capabilities, environment);
        if (late !== undefined) throw new PlatformError('Conflict', `${late} came late`);
        return {
          ...one,
          metadata: {
            ...one.metadata,
            finalizers: (one.metadata.finalizers ?? []).filter(other => other !== environmentFinalizer),
          },
        };
      },
      actor,
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  return undefined;
};

const remains = ({ engine }: Capabilities, environment: Environment): string | undefined => {
  const { namespace, name } = environment.metadata;
  const inIt = ({ spec }: { spec: { environment: string } }): boolean => spec.environment === name;
  const replicas = engine.store.peekAll(ReplicaKind, namespace, inIt).length;
  if (replicas > 0) return plural(replicas, 'replica');
  const routes = engine.store.peekAll(RouteKind, namespace, inIt).length;
  if (routes > 0) return plural(routes, 'route');
  const rollouts = rolloutsOf(engine, environment).length;
  return rollouts > 0 ? plural(rollouts, 'rollout') : undefined;
};

const reportLeft = async (
  { engine: { store, clock } }: Capabilities,
  environment: Environment,
  message: string,
  cleaned: readonly string[] = environment.status?.cleaned ?? [],
): Promise<undefined> => {
  const now = new Date(clock.now()).toISOString();
  await store
    .mutate(
      EnvironmentKind,
      keyOf(environment),
      one => ({
        ...one,
        status: {
          ...one.status,
          phase: 'Deleting',
          services: 0,
          ...(cleaned.length > 0 ? { cleaned } : {}),
          conditions: withCondition(
            one.status?.conditions,
            { type: 'Ready', status: 'False', reason: 'Deleting', message },
            now,
          ),
        },
      }),
      actor,
      { subresource: 'status' },
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
  return undefined;
};
