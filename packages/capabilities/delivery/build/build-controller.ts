import { type ControllerDefinition, defineController } from '@causeway/engine';
import { type Build, BuildKind, isPlatformError, keyOf } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { isRecorded, recordSteps } from '../steps.ts';
import { releaseBuild } from './release-build.ts';

const keepBuilds = 50;

/** A build that succeeded becomes a release and goes to the environments that take pushes; one that a newer build overtook is superseded. */
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
      else if (build.status?.phase === 'Succeeded') await releaseBuild(capabilities, build);
      await record(capabilities, build);
      await retain(capabilities, build);
      return undefined;
    },
  });

const unfinished = (build: Build): boolean =>
  build.status?.phase === undefined || build.status.phase === 'Pending' || build.status.phase === 'Running';

const isForEnvironment = ({ spec }: Build): boolean => spec.reason === 'environment';

/** Of the same line: what an environment asked for has nothing to do with what was pushed. */
const siblings = ({ engine: { store } }: Capabilities, build: Build): Build[] =>
  store.peekAll(
    BuildKind,
    build.metadata.namespace,
    one => one.spec.service === build.spec.service && isForEnvironment(one) === isForEnvironment(build),
  );

const supersede = async (capabilities: Capabilities, build: Build): Promise<void> => {
  if (isForEnvironment(build)) return;
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

const endings = ['build.failed', 'change.superseded', 'build.finished'] as const;

/** The ledger hears how it ended, unless it is for an environment alone: that is no change of the service. */
const record = async ({ engine, repositories }: Capabilities, build: Build): Promise<void> => {
  if (unfinished(build) || isForEnvironment(build)) return;
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
