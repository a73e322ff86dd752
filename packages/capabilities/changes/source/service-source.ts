import { type ControllerDefinition, defineController } from '@causeway/engine';
import { defaultPlatformFolder, type ObjectKey, ServiceKind, SourceKind } from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';

/** A service has its Source from the first commit on its release branch that has the folder. */
export const serviceSourceController = ({ engine, repositories }: Capabilities): ControllerDefinition => {
  const { store } = engine;
  /** Commits without the folder, so that nobody asks git about them again. */
  const without = new Map<string, string>();
  return defineController({
    name: 'service-source',
    kind: ServiceKind,
    async reconcile(key: ObjectKey) {
      const id = `${key.namespace}/${key.name}`;
      const service = store.peek(ServiceKind, key);
      const push = service?.status?.push;
      if (!service || service.metadata.deletionTimestamp) {
        without.delete(id);
        return undefined;
      }
      if (!push || without.get(id) === push.commit || store.peek(SourceKind, key)) return undefined;
      const repository = { team: key.namespace, service: key.name };
      const entries = await repositories.folder(repository, push.commit, defaultPlatformFolder, () => false);
      if (entries.length === 0) {
        without.set(id, push.commit);
        return undefined;
      }
      await createOnce(
        store,
        SourceKind,
        {
          metadata: {
            name: key.name,
            namespace: key.namespace,
            labels: { [serviceLabel]: key.name },
            ownerReferences: [ownedBy(service)],
          },
          spec: { service: key.name, branch: service.spec.branch },
        },
        controllerActor('service-source', push.by),
      );
      return undefined;
    },
  });
};
