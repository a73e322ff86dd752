import {
  type ObjectKey,
  type Release,
  ReleaseKind,
  type Replica,
  ReplicaKind,
  type Rollout,
  RolloutKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { type Configuration, configurationOf } from './replica-plan.ts';
import { serviceUrls } from './service-urls.ts';

/** All that a pass of the rollout reconciler looks at, read at once. */
export interface Scene {
  readonly rollout: Rollout;
  readonly service: Service;
  readonly configuration: Configuration;
  /** Every replica of the rollout, whatever it was made from. */
  readonly replicas: readonly Replica[];
}

/** The scene, or what is missing for one. */
export const readScene = (
  { engine: { store }, addresses }: Capabilities,
  key: ObjectKey,
): Scene | 'gone' | 'no release' => {
  const rollout = store.peek(RolloutKind, key);
  const service =
    rollout && store.peek(ServiceKind, { namespace: key.namespace, name: rollout.spec.service });
  if (!rollout || !service || rollout.metadata.deletionTimestamp || service.metadata.deletionTimestamp)
    return 'gone';
  const release: Release | undefined = store.peek(ReleaseKind, {
    namespace: key.namespace,
    name: rollout.spec.release,
  });
  if (!release) return 'no release';
  const replicas = store.peekAll(
    ReplicaKind,
    key.namespace,
    replica =>
      replica.spec.service === rollout.spec.service && replica.spec.environment === rollout.spec.environment,
  );
  return {
    rollout,
    service,
    configuration: configurationOf(service, rollout, release, serviceUrls(store, rollout, addresses)),
    replicas,
  };
};
