import { type ControllerDefinition, defineController } from '@causeway/engine';
import {
  BuildKind,
  findCondition,
  type KindObject,
  type ObjectKey,
  productionEnvironment,
  RolloutKind,
  RouteKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { recordSteps } from '../../delivery/steps.ts';
import { ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { judgedPlan } from '../../policy/build-plan/judge-plan.ts';
import type { Capabilities } from '../../settings.ts';
import { recordPushes } from './record-pushes.ts';
import { ensureRepository, repositoryReady, withdrawRepository } from './repository.ts';
import { reportStatus } from './status.ts';

const ownService = (object: KindObject): ObjectKey[] => [
  { namespace: object.metadata.namespace ?? '', name: String(object.spec.service) },
];

/** A service has its repository; each push to its branch is recorded once, and built if it brings anything to build; its status says what serves. */
export const serviceController = (capabilities: Capabilities): ControllerDefinition =>
  defineController({
    name: 'service',
    kind: ServiceKind,
    watches: [
      { kind: BuildKind, keys: ownService },
      // Its status is about production; what runs elsewhere changes often.
      ...[RolloutKind, RouteKind].map(kind => ({
        kind,
        keys: (object: KindObject) =>
          object.spec.environment === productionEnvironment ? ownService(object) : [],
      })),
    ],
    async reconcile(key) {
      const { store } = capabilities.engine;
      const service = store.peek(ServiceKind, key);
      if (!service) return undefined;
      if (service.metadata.deletionTimestamp) {
        await withdrawRepository(capabilities, service);
        return undefined;
      }
      const ready = await ensureRepository(capabilities, service);
      const pushed = ready ? await recordPushes(capabilities, ready) : service;
      if (ready) await ensureBuild(capabilities, pushed);
      await recordJourney(capabilities, pushed);
      await reportStatus(capabilities, key);
      await recordFailedCreation(capabilities, key);
      return undefined;
    },
  });

/** The newest recorded push has a build, unless it would repeat one. Older ones do without: the newest wins. */
const ensureBuild = async (capabilities: Capabilities, service: Service): Promise<void> => {
  const { store } = capabilities.engine;
  const push = service.status?.push;
  if (!push || push.repeats !== undefined) return;
  const { name, namespace = '' } = service.metadata;
  const spec = {
    service: name,
    commit: push.commit,
    sequence: push.sequence,
    requestedBy: push.by,
    reason: 'push' as const,
    settings: service.spec.build,
  };
  await createOnce(
    store,
    BuildKind,
    {
      metadata: {
        name: `${name}.${push.sequence}`,
        namespace,
        labels: { [serviceLabel]: name },
        ownerReferences: [ownedBy(service)],
        ...judgedPlan(capabilities, service, spec),
      },
      spec,
    },
    controllerActor('service', push.by),
  );
};

const decidedAt = 'causeway.dev/decided-at';
const createdBy = 'causeway.dev/created-by';

/** The journey of the person who made it: decided, created, first visited. */
const recordJourney = async ({ engine }: Capabilities, service: Service): Promise<void> => {
  const { name, namespace = '', uid, annotations, creationTimestamp } = service.metadata;
  const whose = { team: namespace, service: name, actor: annotations?.[createdBy] ?? 'unknown', of: uid };
  const decided = annotations?.[decidedAt];
  const route = engine.store.peek(RouteKind, { namespace, name: `${name}.${productionEnvironment}` });
  const visited = route?.status?.traffic?.map(traffic => traffic.firstRequestAt).sort()[0];
  await recordSteps(
    engine,
    ...(decided && !Number.isNaN(Date.parse(decided))
      ? [{ ...whose, type: 'service.decided' as const, at: decided }]
      : []),
    { ...whose, type: 'service.created', at: creationTimestamp },
    ...(visited ? [{ ...whose, type: 'service.visited' as const, at: visited }] : []),
  );
};

/** A service that has never served and cannot go on by itself: its creation failed, at the step that says so. Recorded once. */
const recordFailedCreation = async ({ engine }: Capabilities, key: ObjectKey): Promise<void> => {
  const service = engine.store.peek(ServiceKind, key);
  const { phase, release, failure, conditions } = service?.status ?? {};
  if (!service || phase !== 'Failed' || release !== undefined) return;
  const rollout = engine.store.peek(RolloutKind, {
    namespace: key.namespace,
    name: `${key.name}.${productionEnvironment}`,
  });
  const repository = findCondition(conditions, repositoryReady);
  const { code, reason } = failure
    ? { code: failure.code, reason: failure.message }
    : { code: repository?.reason ?? 'Failed', reason: repository?.message ?? '' };
  await recordSteps(engine, {
    type: 'service.failed',
    team: key.namespace,
    service: key.name,
    actor: service.metadata.annotations?.[createdBy] ?? 'unknown',
    of: service.metadata.uid,
    data: {
      step: repository?.status === 'False' ? 'repository' : rollout ? 'rollout' : 'build',
      code,
      reason,
    },
  });
};
