import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import { EnvironmentKind, RolloutKind, withCondition } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

/** A standing environment says how many services run in it; it is ready as soon as its team has a namespace, which it lies in. */
export const environmentController = ({ store, clock }: Engine): ControllerDefinition =>
  defineController({
    name: 'environment',
    kind: EnvironmentKind,
    watches: [
      {
        kind: RolloutKind,
        keys: ({ metadata, spec }) => [
          { namespace: metadata.namespace ?? '', name: String(spec.environment) },
        ],
      },
    ],
    async reconcile(key) {
      const environment = store.peek(EnvironmentKind, key);
      if (!environment || environment.metadata.deletionTimestamp) return undefined;
      const services = store.peekAll(
        RolloutKind,
        key.namespace,
        ({ metadata, spec, status }) =>
          spec.environment === key.name && status?.serving !== undefined && !metadata.deletionTimestamp,
      ).length;
      await store.mutate(
        EnvironmentKind,
        key,
        current => ({
          ...current,
          status: {
            ...current.status,
            services,
            conditions: withCondition(
              current.status?.conditions,
              {
                type: 'Ready',
                status: 'True',
                reason: 'Standing',
                message: 'Services can be released here.',
                observedGeneration: environment.metadata.generation,
              },
              new Date(clock.now()).toISOString(),
            ),
          },
        }),
        controllerActor('environment'),
        { subresource: 'status' },
      );
      return undefined;
    },
  });
