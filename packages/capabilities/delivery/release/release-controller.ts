import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  BuildKind,
  isPlatformError,
  type KindObject,
  keyOf,
  type ObjectKey,
  PromotionKind,
  type Release,
  ReleaseKind,
  RolloutKind,
  ServiceKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import { isWaiting } from '../promotion/promotion-status.ts';

/** What environments asked for does not push out what was pushed, nor the other way round. */
const isOfLine = (one: Release, { spec }: Release): boolean =>
  one.spec.service === spec.service &&
  (one.spec.reason === 'environment') === (spec.reason === 'environment');

/**
 * As many releases are kept for a rollback as the service says, and always those that a rollout serves or wants, or that wait to
 * be promoted. What an environment had built is kept as long as its build, or a rollout, wants it.
 */
export const releaseController = ({ store }: Engine): ControllerDefinition => {
  const ofEnvironments = ({ metadata: { namespace }, spec: { service } }: KindObject): ObjectKey[] =>
    store
      .peekAll(
        ReleaseKind,
        namespace,
        ({ spec }) => spec.reason === 'environment' && spec.service === service,
      )
      .map(keyOf);
  return defineController({
    name: 'release',
    kind: ReleaseKind,
    concurrency: 1,
    watches: [
      { kind: BuildKind, keys: ofEnvironments },
      { kind: RolloutKind, keys: ofEnvironments },
      // It waits no more.
      {
        kind: PromotionKind,
        keys: ({ metadata: { namespace = '' }, spec }) => [{ namespace, name: String(spec.release) }],
      },
    ],
    async reconcile(key) {
      const release = store.peek(ReleaseKind, key);
      const service =
        release && store.peek(ServiceKind, { namespace: key.namespace, name: release.spec.service });
      if (!release || !service) return undefined;
      const inUse = new Set([
        ...store
          .peekAll(RolloutKind, key.namespace, rollout => rollout.spec.service === release.spec.service)
          .flatMap(({ spec, status }) => [spec.release, status?.serving?.release, status?.target?.release]),
        ...store.peekAll(PromotionKind, key.namespace, isWaiting).map(({ spec }) => spec.release),
      ]);
      const old: Release[] = store
        .peekAll(ReleaseKind, key.namespace, one => isOfLine(one, release))
        .sort((a, b) => b.spec.sequence - a.spec.sequence)
        .filter((one, place) =>
          one.spec.reason === 'environment'
            ? !store.peek(BuildKind, { namespace: key.namespace, name: one.spec.build })
            : place >= service.spec.keepReleases,
        )
        .filter(one => !inUse.has(one.metadata.name));
      for (const one of old)
        await store.delete(ReleaseKind, keyOf(one), controllerActor('release')).catch(error => {
          if (!isPlatformError(error, 'NotFound')) throw error;
        });
      return undefined;
    },
  });
};
