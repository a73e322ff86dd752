import type { Engine } from '@causeway/engine';
import { type Environment, EnvironmentKind, keyOf, RolloutKind, withCondition } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

const wayIn = ({ spec }: Environment): string =>
  spec.deploys === 'push' ? 'Each push is released here.' : 'Releases come here by promotion.';

/** A standing environment says how many services run in it; it is ready as soon as its team has a namespace, which it lies in. */
export const reportStanding = async (
  { store, clock }: Engine,
  environment: Environment,
): Promise<undefined> => {
  const { name, namespace, generation } = environment.metadata;
  const services = store.peekAll(
    RolloutKind,
    namespace,
    ({ metadata, spec, status }) =>
      spec.environment === name && status?.serving !== undefined && !metadata.deletionTimestamp,
  ).length;
  await store.mutate(
    EnvironmentKind,
    keyOf(environment),
    current => ({
      ...current,
      status: {
        ...current.status,
        phase: 'Standing',
        services,
        conditions: withCondition(
          current.status?.conditions,
          {
            type: 'Ready',
            status: 'True',
            reason: 'Standing',
            message: wayIn(environment),
            observedGeneration: generation,
          },
          new Date(clock.now()).toISOString(),
        ),
      },
    }),
    controllerActor('environment'),
    { subresource: 'status' },
  );
  return undefined;
};
