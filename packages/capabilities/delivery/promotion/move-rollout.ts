import type { Store } from '@causeway/engine';
import {
  type Build,
  EnvironmentKind,
  type ObjectKey,
  ReleaseKind,
  type Rollout,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { environmentLabel, ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { standingSettings } from './standing-settings.ts';

const rolloutKey = ({ metadata, spec }: Build, environment: string): ObjectKey => ({
  namespace: metadata.namespace ?? '',
  name: `${spec.service}.${environment}`,
});

const hasNewer = ({ spec }: Rollout, sequence: number): boolean =>
  sequence <= Math.max(spec.sequence, spec.pin?.sequence ?? 0);

const hasNewerRelease = (store: Store, { metadata, spec }: Build): boolean =>
  store.peekAll(
    ReleaseKind,
    metadata.namespace,
    one =>
      one.spec.service === spec.service &&
      one.spec.sequence > spec.sequence &&
      one.spec.reason !== 'environment',
  ).length > 0;

/** Whether an environment has something newer than a build, or a rollback holds it. */
export const isOvertaken = (store: Store, build: Build, environment: string): boolean => {
  const rollout = store.peek(RolloutKind, rolloutKey(build, environment));
  return rollout ? hasNewer(rollout, build.spec.sequence) : hasNewerRelease(store, build);
};

/** The release of a build is wanted in an environment, unless something newer is. */
export const moveRollout = async (store: Store, build: Build, environment: string): Promise<void> => {
  const key = rolloutKey(build, environment);
  const { service, sequence, requestedBy } = build.spec;
  const wanted = { release: build.metadata.name, sequence, requestedBy };
  const actor = controllerActor('build', requestedBy);
  if (isOvertaken(store, build, environment)) return;
  if (!store.peek(RolloutKind, key))
    return createOnce(store, RolloutKind, newRollout(store, key, { service, environment, ...wanted }), actor);
  await store.mutate(
    RolloutKind,
    key,
    one => {
      if (hasNewer(one, sequence)) return one;
      const { pin: _pin, ...spec } = one.spec;
      return { ...one, spec: { ...spec, ...wanted } };
    },
    actor,
  );
};

/** The first rollout of a service in a standing environment. */
export const newRollout = (
  store: Store,
  key: ObjectKey,
  spec: Pick<Rollout['spec'], 'service' | 'environment' | 'release' | 'sequence' | 'requestedBy'>,
) => {
  const { namespace } = key;
  const service = store.peek(ServiceKind, { namespace, name: spec.service });
  const environment = store.peek(EnvironmentKind, { namespace, name: spec.environment });
  const settings = service && environment && standingSettings(environment, service);
  return {
    metadata: {
      ...key,
      labels: { [serviceLabel]: spec.service, [environmentLabel]: spec.environment },
      ownerReferences: service ? [ownedBy(service)] : [],
    },
    spec: { ...spec, ...(settings ? { settings } : {}) },
  };
};
