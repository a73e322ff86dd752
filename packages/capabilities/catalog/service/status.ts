import { isDeepStrictEqual } from 'node:util';
import {
  type Build,
  BuildKind,
  type Condition,
  findCondition,
  type ObjectKey,
  productionEnvironment,
  ReleaseKind,
  type Rollout,
  RolloutKind,
  type Service,
  ServiceKind,
  withCondition,
} from '@causeway/model';
import { cloneUrlOf, hostNames, urlOf } from '../../delivery/host-names.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { repositoryReady } from './repository.ts';

type Status = NonNullable<Service['status']>;
type Ready = Pick<Condition, 'status' | 'reason' | 'message'>;

interface Observed {
  readonly build: Build | undefined;
  readonly rollout: Rollout | undefined;
  readonly repository: Condition | undefined;
}

const building = (build: Build | undefined): boolean =>
  build !== undefined &&
  (build.status?.phase === undefined || build.status.phase === 'Pending' || build.status.phase === 'Running');

/** The failure that stands between the newest push and production, if any. */
const failureOf = ({ build, rollout }: Observed): Status['failure'] => {
  if (build && build.spec.sequence > (rollout?.spec.sequence ?? 0)) {
    const { phase, failure, environments } = build.status ?? {};
    if (phase === 'Failed') return failure;
    const refused = environments?.find(({ name }) => name === productionEnvironment)?.refused;
    if (refused) return refused;
  }
  return rollout?.status?.phase === 'Failed' ? rollout.status.failed?.failure : undefined;
};

const promotionMessage = ({ metadata, spec }: Build): string =>
  `${metadata.name} is not in ${productionEnvironment} yet: platform promote ${spec.service} --to ${productionEnvironment}`;

/** One word, and one sentence, for where the service stands. */
const judge = (observed: Observed): { phase: Status['phase']; ready: Ready } => {
  const { build, rollout, repository } = observed;
  const serving = rollout?.status?.serving;
  const failure = failureOf(observed);
  const ready = (status: Ready['status'], reason: string, message: string): Ready => ({
    status,
    reason,
    message,
  });

  if (serving) {
    if (!rollout?.status?.readyReplicas)
      return {
        phase: 'Failed',
        ready: ready(
          'False',
          'NoReadyReplica',
          `No replica of ${serving.release} is ready. See: platform logs ${rollout?.spec.service}`,
        ),
      };
    if (failure)
      return {
        phase: 'Running',
        ready: ready(
          'True',
          'ServingPrevious',
          `${serving.release} serves; what came after failed: ${failure.message}`,
        ),
      };
    return { phase: 'Running', ready: ready('True', 'Serving', `${serving.release} serves.`) };
  }
  if (repository?.status === 'False')
    return { phase: 'Failed', ready: ready('False', repository.reason, repository.message) };
  if (failure) return { phase: 'Failed', ready: ready('False', failure.code, failure.message) };
  if (building(build))
    return {
      phase: 'Building',
      ready: ready('False', 'Building', `${build?.metadata.name} is being built.`),
    };
  if (rollout)
    return { phase: 'Deploying', ready: ready('False', 'Deploying', `${rollout.spec.release} is starting.`) };
  if (build?.status?.environments)
    return { phase: 'Pending', ready: ready('False', 'WaitingForPromotion', promotionMessage(build)) };
  return { phase: 'Pending', ready: ready('False', 'WaitingForPush', 'Nothing has been pushed yet.') };
};

/** Writes the service’s status from what its builds and rollout say. */
export const reportStatus = async ({ engine, addresses }: Capabilities, key: ObjectKey): Promise<void> => {
  const { store } = engine;
  const service = store.peek(ServiceKind, key);
  if (!service) return;
  const [build] = store
    .peekAll(
      BuildKind,
      key.namespace,
      one => one.spec.service === key.name && one.spec.reason !== 'environment',
    )
    .sort((a, b) => b.spec.sequence - a.spec.sequence);
  const rollout = store.peek(RolloutKind, {
    namespace: key.namespace,
    name: `${key.name}.${productionEnvironment}`,
  });
  const serving =
    rollout?.status?.serving &&
    store.peek(ReleaseKind, { namespace: key.namespace, name: rollout.status.serving.release });
  const observed = { build, rollout, repository: findCondition(service.status?.conditions, repositoryReady) };
  const { phase, ready } = judge(observed);
  const failure = failureOf(observed);
  const { names, shortNameTakenBy } = hostNames(store, service, productionEnvironment, addresses);
  const now = new Date(engine.clock.now()).toISOString();
  const generation = service.metadata.generation;

  const next = (status: Service['status']): Status => {
    let conditions = withCondition(
      status?.conditions,
      { type: 'Ready', ...ready, observedGeneration: generation },
      now,
    );
    if (shortNameTakenBy)
      conditions = withCondition(
        conditions,
        {
          type: 'ShortHostName',
          status: 'False',
          reason: 'Taken',
          message: `${key.name}.${addresses.domain} belongs to team ${shortNameTakenBy}, which had it first; use ${names[0]}.`,
        },
        now,
      );
    else conditions = conditions.filter(condition => condition.type !== 'ShortHostName');
    const {
      failure: _failure,
      release: _release,
      replicas: _replicas,
      commit: _commit,
      ...rest
    } = status ?? {};
    const replicas = rollout?.status?.readyReplicas;
    return {
      ...rest,
      phase,
      url: urlOf(names[0] ?? '', addresses),
      ...(rest.cloneUrl ? { cloneUrl: cloneUrlOf(key, addresses) } : {}),
      ...(replicas === undefined ? {} : { replicas }),
      ...(rollout?.status?.serving ? { release: rollout.status.serving.release } : {}),
      ...(serving?.spec.commit ? { commit: serving.spec.commit } : {}),
      ...(failure ? { failure } : {}),
      observedGeneration: generation,
      conditions,
    } as Status;
  };
  if (isDeepStrictEqual(next(service.status), service.status)) return;
  await store.mutate(
    ServiceKind,
    key,
    one => ({ ...one, status: next(one.status) }),
    controllerActor('service'),
    { subresource: 'status' },
  );
};
