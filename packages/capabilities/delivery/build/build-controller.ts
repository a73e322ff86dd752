import { type ControllerDefinition, defineController, type Engine, type NewDecision } from '@causeway/engine';
import {
  type Build,
  BuildKind,
  isPlatformError,
  keyOf,
  type ObjectKey,
  productionEnvironment,
  ReleaseKind,
  type Rollout,
  RolloutKind,
  reportOf,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { environmentLabel, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { type JudgedRelease, judgeRelease } from '../../policy/release/judge-release.ts';
import type { Capabilities } from '../../settings.ts';
import { isRecorded, recordSteps } from '../steps.ts';

const keepBuilds = 50;

/** A build that succeeded becomes a release and moves the rollout, unless something newer did; one that a newer build overtook is superseded. */
export const buildController = (capabilities: Capabilities): ControllerDefinition =>
  defineController({
    name: 'build',
    kind: BuildKind,
    watches: [
      {
        kind: BuildKind,
        // A new build concerns the ones before it.
        keys: object =>
          capabilities.engine.store
            .peekAll(
              BuildKind,
              object.metadata.namespace,
              one => one.spec.service === object.spec.service && unfinished(one),
            )
            .map(keyOf),
      },
    ],
    async reconcile(key) {
      const build = capabilities.engine.store.peek(BuildKind, key);
      if (!build || build.metadata.deletionTimestamp) return undefined;
      if (unfinished(build)) await supersede(capabilities, build);
      else if (build.status?.phase === 'Succeeded') await release(capabilities, build);
      await record(capabilities, build);
      await retain(capabilities, build);
      return undefined;
    },
  });

const unfinished = (build: Build): boolean =>
  build.status?.phase === undefined || build.status.phase === 'Pending' || build.status.phase === 'Running';

const siblings = ({ engine: { store } }: Capabilities, build: Build): Build[] =>
  store.peekAll(BuildKind, build.metadata.namespace, one => one.spec.service === build.spec.service);

const supersede = async (capabilities: Capabilities, build: Build): Promise<void> => {
  const newer = siblings(capabilities, build).find(one => one.spec.sequence > build.spec.sequence);
  if (!newer) return;
  const { engine } = capabilities;
  await engine.store.mutate(
    BuildKind,
    keyOf(build),
    one =>
      unfinished(one)
        ? {
            ...one,
            status: {
              ...one.status,
              phase: 'Superseded',
              supersededBy: newer.metadata.name,
              finishedAt: new Date(engine.clock.now()).toISOString(),
            },
          }
        : one,
    controllerActor('build'),
    { subresource: 'status' },
  );
};

const release = async (capabilities: Capabilities, build: Build): Promise<void> => {
  const { engine, policies } = capabilities;
  const { store } = engine;
  const { service: serviceName, sequence, commit, requestedBy } = build.spec;
  const { name, namespace = '', ownerReferences = [] } = build.metadata;
  const artifact = build.status?.artifact;
  if (!artifact) return;
  const actor = controllerActor('build', requestedBy);
  const rolloutKey: ObjectKey = { namespace, name: `${serviceName}.${productionEnvironment}` };
  const rollout = store.peek(RolloutKind, rolloutKey);
  const wanted = { release: name, sequence, requestedBy };
  const isOvertaken = ({ spec }: Rollout): boolean =>
    sequence <= Math.max(spec.sequence, spec.pin?.sequence ?? 0);

  const moveRollout = async (): Promise<void> => {
    if (!rollout)
      return createOnce(
        store,
        RolloutKind,
        {
          metadata: {
            ...rolloutKey,
            labels: { [serviceLabel]: serviceName, [environmentLabel]: productionEnvironment },
            ownerReferences,
          },
          spec: { service: serviceName, environment: productionEnvironment, ...wanted },
        },
        actor,
      );
    if (isOvertaken(rollout)) return;
    await store.mutate(
      RolloutKind,
      rolloutKey,
      one => {
        if (isOvertaken(one)) return one;
        const { pin: _pin, ...spec } = one.spec;
        return { ...one, spec: { ...spec, ...wanted } };
      },
      actor,
    );
  };
  const service = store.peek(ServiceKind, { namespace, name: serviceName });
  // What stands already was judged, and what something newer overtook is judged when somebody goes back to it.
  const isNew =
    store.peek(ReleaseKind, { namespace, name }) === undefined &&
    build.status?.policy === undefined &&
    !(rollout && isOvertaken(rollout));
  const judged =
    service && isNew
      ? await judgeRelease(capabilities, {
          service,
          name,
          commit,
          sequence,
          artifact,
          build,
          environment: productionEnvironment,
          requestedBy,
          time: new Date(engine.clock.now()).toISOString(),
          context: policies.context(namespace),
        })
      : undefined;
  if (judged?.refusal) return refuse(engine, build, judged);
  // All are asked for at once, so they share one batch and one fsync; the release stands before the rollout in it.
  await Promise.all([
    judged ? note(engine, build, judged, {}) : undefined,
    createOnce(
      store,
      ReleaseKind,
      {
        metadata: { name, namespace, labels: { [serviceLabel]: serviceName }, ownerReferences },
        spec: { service: serviceName, commit, build: name, sequence, createdBy: requestedBy, artifact },
      },
      actor,
      judged ? { decisions: [judged.decision] } : {},
    ),
    moveRollout(),
  ]);
};

/** The build says what the policies said; who follows it hears that. */
const note = async (
  { store }: Engine,
  build: Build,
  { verdict }: JudgedRelease,
  more: Partial<NonNullable<Build['status']>>,
  decisions: readonly NewDecision[] = [],
): Promise<void> => {
  await store.mutate(
    BuildKind,
    keyOf(build),
    one => ({ ...one, status: { ...one.status, ...more, policy: verdict } }),
    controllerActor('build'),
    { subresource: 'status', decisions },
  );
};

/** What policies refuse is no release: the build failed, in their words. */
const refuse = (engine: Engine, build: Build, judged: JudgedRelease): Promise<void> =>
  note(engine, build, judged, { phase: 'Failed', failure: reportOf(judged.refusal) }, [judged.decision]);

const endings = ['build.failed', 'change.superseded', 'build.finished'] as const;

/** The ledger hears how it ended. */
const record = async ({ engine, repositories }: Capabilities, build: Build): Promise<void> => {
  if (unfinished(build)) return;
  const { uid, namespace = '', name } = build.metadata;
  const { phase, failure, startedAt, finishedAt, supersededBy } = build.status ?? {};
  const whose = { team: namespace, service: build.spec.service, of: uid };
  if (endings.some(type => isRecorded(engine, { ...whose, type }))) return;
  const [commit] = await repositories.commits(
    { team: namespace, service: build.spec.service },
    undefined,
    build.spec.commit,
    1,
  );
  const step = {
    ...whose,
    actor: build.spec.requestedBy,
    ...(finishedAt ? { at: finishedAt } : {}),
    data: {
      build: name,
      commit: build.spec.commit,
      sequence: build.spec.sequence,
      startedAt,
      ...(commit ? { authoredAt: commit.authoredAt, committedAt: commit.committedAt } : {}),
      ...(failure ? { code: failure.code, reason: failure.message } : {}),
      ...(supersededBy ? { by: supersededBy } : {}),
    },
  };
  const tested = build.status?.steps?.some(one => one.name === 'test' && one.state === 'Succeeded');
  if (phase === 'Failed') await recordSteps(engine, { ...step, type: 'build.failed' });
  else if (phase === 'Superseded') await recordSteps(engine, { ...step, type: 'change.superseded' });
  else
    await recordSteps(
      engine,
      { ...step, type: 'build.finished' },
      ...(tested ? [{ ...step, type: 'tests.finished' as const }] : []),
      { ...step, type: 'release.created' },
    );
};

/** Old builds go; their releases have their own life. */
const retain = async (capabilities: Capabilities, build: Build): Promise<void> => {
  const old = siblings(capabilities, build)
    .filter(one => !unfinished(one))
    .sort((a, b) => b.spec.sequence - a.spec.sequence)
    .slice(keepBuilds);
  for (const one of old)
    await capabilities.engine.store.delete(BuildKind, keyOf(one), controllerActor('build')).catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
