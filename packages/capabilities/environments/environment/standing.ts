import type { Engine } from '@causeway/engine';
import { type Environment, EnvironmentKind, keyOf, RolloutKind, withCondition } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

/** How releases get in. Gates that pushes pass by are hardly what somebody meant. */
const wayIn = ({ spec: { deploys, gates = [] } }: Environment): string => {
  if (deploys === 'promotion') return 'Releases come here by promotion.';
  return gates.length === 0
    ? 'Each push is released here.'
    : 'Each push is released here: its gates count for promotions alone, until spec.deploys is promotion.';
};

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
