import type { Actor } from '@causeway/engine';
import { BuildKind, type ObjectKey, PlatformError, ServiceKind } from '@causeway/model';
import { ownedBy, serviceLabel } from '../../owned-by.ts';
import { judgedPlan } from '../../policy/build-plan/judge-plan.ts';
import type { Capabilities } from '../../settings.ts';

/** Builds and releases a commit again: the branch’s newest, or what `ref` names. Answers with the build. */
export const deploy = async (
  capabilities: Capabilities,
  key: ObjectKey,
  ref: string | undefined,
  actor: Actor,
): Promise<object> => {
  const { engine, repositories } = capabilities;
  const { store } = engine;
  const service = await store.get(ServiceKind, key);
  const revision = ref ?? service.spec.branch;
  const commit = await repositories.resolve({ team: key.namespace, service: key.name }, revision);
  if (!commit)
    throw new PlatformError(
      'NotFound',
      `${key.name} has no branch, tag or commit '${revision.slice(0, 100)}'`,
      {
        next: ref
          ? `Push it first, or choose one that is there: git ls-remote ${service.status?.cloneUrl ?? ''}`
          : `Push something to ${service.spec.branch} first.`,
      },
    );
  const numbered = await store.mutate(
    ServiceKind,
    key,
    one => ({ ...one, status: { ...one.status, sequence: (one.status?.sequence ?? 0) + 1 } }),
    actor,
    { subresource: 'status' },
  );
  const sequence = numbered.status?.sequence ?? 1;
  const spec = {
    service: key.name,
    commit,
    sequence,
    requestedBy: actor.user,
    reason: 'deploy' as const,
    settings: service.spec.build,
  };
  return store.create(
    BuildKind,
    {
      metadata: {
        name: `${key.name}.${sequence}`,
        namespace: key.namespace,
        labels: { [serviceLabel]: key.name },
        ownerReferences: [ownedBy(service)],
        ...judgedPlan(capabilities, service, spec),
      },
      spec,
    },
    actor,
  );
};
