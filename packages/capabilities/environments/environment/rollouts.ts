import type { Engine, NewDecision } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  type EnvironmentService,
  isPlatformError,
  keyOf,
  type ObjectKey,
  type Release,
  type Rollout,
  RolloutKind,
  type Service,
} from '@causeway/model';
import { environmentLabel, ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { settingsFor } from './rollout-settings.ts';

export const rolloutKey = (environment: Environment, service: string): ObjectKey => ({
  namespace: environment.metadata.namespace ?? '',
  name: `${service}.${environment.metadata.name}`,
});

export const requesterOf = ({ metadata }: Environment): string =>
  metadata.annotations?.['causeway.dev/created-by'] ?? 'system:server';

/** The rollouts that an environment has made. */
export const rolloutsOf = ({ store }: Engine, environment: Environment): Rollout[] =>
  store.peekAll(
    RolloutKind,
    environment.metadata.namespace,
    ({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === environment.metadata.uid) ?? false,
  );

export interface Wanted {
  readonly service: Service;
  readonly settings: EnvironmentService;
  readonly release: Release;
  readonly asleep: boolean;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Makes the rollout say what the environment wants of a service. `decisions` are recorded with it. */
export const ensureRollout = async (
  { store }: Engine,
  environment: Environment,
  { service, settings, release, asleep }: Wanted,
  decisions: readonly NewDecision[],
): Promise<void> => {
  const key = rolloutKey(environment, settings.name);
  const wanted = {
    release: release.metadata.name,
    sequence: release.spec.sequence,
    settings: settingsFor(environment, service, settings),
    ...(asleep ? { asleep: true } : {}),
  };
  const actor = controllerActor('environment', requesterOf(environment));
  const known = store.peek(RolloutKind, key);
  if (!known) {
    await store
      .create(
        RolloutKind,
        {
          metadata: {
            ...key,
            labels: {
              [serviceLabel]: settings.name,
              [environmentLabel]: environment.metadata.name,
            },
            ownerReferences: [ownedBy(environment)],
          },
          spec: {
            service: settings.name,
            environment: environment.metadata.name,
            requestedBy: requesterOf(environment),
            ...wanted,
          },
        },
        actor,
        { decisions, partOf: [EnvironmentKind, environment] },
      )
      .catch(error => {
        if (!isPlatformError(error, 'AlreadyExists')) throw error;
      });
    return;
  }
  const { release: name, sequence, settings: present, asleep: sleeps } = known.spec;
  const now = { release: name, sequence, settings: present, ...(sleeps ? { asleep: true } : {}) };
  if (same(now, wanted)) return;
  await store.mutate(
    RolloutKind,
    key,
    one => {
      const { asleep: _asleep, ...spec } = one.spec;
      return { ...one, spec: { ...spec, ...wanted } };
    },
    actor,
    { decisions },
  );
};

const remove = async ({ store }: Engine, rollouts: readonly Rollout[]): Promise<void> => {
  for (const rollout of rollouts)
    if (!rollout.metadata.deletionTimestamp)
      await store.delete(RolloutKind, keyOf(rollout), controllerActor('environment')).catch(error => {
        if (!isPlatformError(error, 'NotFound')) throw error;
      });
};

/** Services that the environment no longer names do not run there any more. */
export const withdrawServices = async (engine: Engine, environment: Environment): Promise<void> => {
  const named = new Set((environment.spec.services ?? []).map(({ name }) => name));
  await remove(
    engine,
    rolloutsOf(engine, environment).filter(({ spec }) => !named.has(spec.service)),
  );
};

export const withdrawAll = (engine: Engine, environment: Environment): Promise<void> =>
  remove(engine, rolloutsOf(engine, environment));
