import { isTrue, keyOf, PlatformError, type Service, ServiceKind, withCondition } from '@causeway/model';
import { cloneUrlOf } from '../../delivery/host-names.ts';
import { recordSteps } from '../../delivery/steps.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';

const finalizer = 'causeway.dev/repository';
const actor = controllerActor('service');
export const repositoryReady = 'RepositoryReady';

/**
 * The service with its repository in place, begun from its template; `undefined` when the template is not known,
 * which the status then says. Killed half-way, the next call completes it.
 */
export const ensureRepository = async (
  capabilities: Capabilities,
  service: Service,
): Promise<Service | undefined> => {
  if (isTrue(service, repositoryReady)) return service;
  const { engine, repositories, templates, addresses } = capabilities;
  const key = keyOf(service);
  const { template = 'empty', branch, description = '' } = service.spec;
  const by = service.metadata.annotations?.['causeway.dev/created-by'] ?? 'system:server';

  if (!service.metadata.finalizers?.includes(finalizer))
    await engine.store.mutate(
      ServiceKind,
      key,
      one => ({
        ...one,
        metadata: { ...one.metadata, finalizers: [...(one.metadata.finalizers ?? []), finalizer] },
      }),
      actor,
    );
  const files = await templates.files(template, { service: key.name, team: key.namespace, description });
  if (files)
    await repositories.ensure(
      { team: key.namespace, service: key.name },
      branch,
      files.size > 0 ? { files, by, message: `Start from the template ${template}` } : undefined,
    );
  const now = new Date(engine.clock.now()).toISOString();
  const stored = await engine.store.mutate(
    ServiceKind,
    key,
    one => ({
      ...one,
      status: {
        ...one.status,
        phase: one.status?.phase ?? 'Pending',
        cloneUrl: cloneUrlOf(key, addresses),
        conditions: withCondition(
          one.status?.conditions,
          files
            ? { type: repositoryReady, status: 'True', reason: 'Created', message: 'Push to it to release.' }
            : {
                type: repositoryReady,
                status: 'False',
                reason: 'UnknownTemplate',
                message: `There is no template '${template}'. Offered: ${templates.names.join(', ')}.`,
              },
          now,
        ),
      },
    }),
    actor,
    { subresource: 'status' },
  );
  return files ? stored : undefined;
};

/** Puts the repository aside and lets the service go. */
export const withdrawRepository = async (
  { engine, repositories }: Capabilities,
  service: Service,
): Promise<void> => {
  const key = keyOf(service);
  if (!service.metadata.finalizers?.includes(finalizer)) return;
  await repositories.archive({ team: key.namespace, service: key.name });
  await recordSteps(engine, {
    type: 'service.deleted',
    team: key.namespace,
    service: key.name,
    actor: 'unknown',
    of: service.metadata.uid,
  });
  await engine.store
    .mutate(
      ServiceKind,
      key,
      one => ({
        ...one,
        metadata: {
          ...one.metadata,
          finalizers: (one.metadata.finalizers ?? []).filter(other => other !== finalizer),
        },
      }),
      actor,
    )
    .catch(error => {
      if (!(error instanceof PlatformError && error.code === 'NotFound')) throw error;
    });
};
