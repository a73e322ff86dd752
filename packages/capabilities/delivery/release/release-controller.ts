import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import { isPlatformError, keyOf, type Release, ReleaseKind, RolloutKind, ServiceKind } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

/** As many releases are kept for a rollback as the service says, and always those that a rollout serves or wants. */
export const releaseController = ({ store }: Engine): ControllerDefinition =>
  defineController({
    name: 'release',
    kind: ReleaseKind,
    concurrency: 1,
    async reconcile(key) {
      const release = store.peek(ReleaseKind, key);
      const service =
        release && store.peek(ServiceKind, { namespace: key.namespace, name: release.spec.service });
      if (!release || !service) return undefined;
      const inUse = new Set(
        store
          .peekAll(RolloutKind, key.namespace, rollout => rollout.spec.service === release.spec.service)
          .flatMap(({ spec, status }) => [spec.release, status?.serving?.release, status?.target?.release]),
      );
      const old: Release[] = store
        .peekAll(ReleaseKind, key.namespace, one => one.spec.service === release.spec.service)
        .sort((a, b) => b.spec.sequence - a.spec.sequence)
        .slice(service.spec.keepReleases)
        .filter(one => !inUse.has(one.metadata.name));
      for (const one of old)
        await store.delete(ReleaseKind, keyOf(one), controllerActor('release')).catch(error => {
          if (!isPlatformError(error, 'NotFound')) throw error;
        });
      return undefined;
    },
  });
