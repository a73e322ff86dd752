import type { NewDecision } from '@causeway/engine';
import {
  type Build,
  BuildKind,
  EnvironmentKind,
  keyOf,
  PlatformError,
  productionEnvironment,
  ReleaseKind,
  reportOf,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { type JudgedRelease, judgeRelease, type ReleaseVerdict } from '../../policy/release/judge-release.ts';
import type { Capabilities } from '../../settings.ts';
import { isOvertaken, moveRollout } from '../promotion/move-rollout.ts';
import { pushEnvironments } from '../promotion/standing-environments.ts';

type Decided = NonNullable<NonNullable<Build['status']>['environments']>[number];

/** What becomes of a release in one environment; not judged where something newer was already. */
interface Destination {
  readonly name: string;
  readonly judged: JudgedRelease | undefined;
}

/**
 * A build that succeeded becomes a release, and moves the rollout of each environment that takes pushes and whose policies let it.
 * What one environment refuses the others get all the same; what all refuse is no release. That is decided once: an environment
 * that takes pushes later gets later ones.
 */
export const releaseBuild = async (capabilities: Capabilities, build: Build): Promise<void> => {
  const { store } = capabilities.engine;
  const { service: serviceName, reason } = build.spec;
  const { name, namespace = '' } = build.metadata;
  const service = store.peek(ServiceKind, { namespace, name: serviceName });
  if (!service || !build.status?.artifact) return;
  if (reason === 'environment') return createRelease(capabilities, build, []);
  const { environments, policy } = build.status;
  if (environments || policy || store.peek(ReleaseKind, { namespace, name }))
    return deliver(capabilities, build, decidedBefore(capabilities, build));
  const destinations = await judgeDestinations(capabilities, service, build);
  const refusals = destinations.flatMap(({ judged }) => judged?.refusal ?? []);
  const isRefused = destinations.length > 0 && refusals.length === destinations.length;
  const decisions = destinations.flatMap(({ judged }) => judged?.decision ?? []);
  if (isRefused) return note(capabilities, build, destinations, refusalOf(build, destinations), decisions);
  // All are asked for at once, so they share one batch and one fsync; the release stands before the rollouts in it.
  await Promise.all([
    note(capabilities, build, destinations),
    deliver(
      capabilities,
      build,
      destinations.filter(({ judged }) => !judged?.refusal).map(one => one.name),
      decisions,
    ),
  ]);
};

/** Every environment that takes pushes, judged by the policies for it. What something newer overtook is judged when somebody goes back to it. */
const judgeDestinations = (
  { engine, policies }: Capabilities,
  service: Service,
  build: Build,
): Promise<Destination[]> => {
  const { commit, sequence, requestedBy } = build.spec;
  const { name, namespace = '' } = build.metadata;
  const { artifact } = build.status ?? {};
  return Promise.all(
    pushEnvironments(engine.store, namespace, service.metadata.name).map(async environment => ({
      name: environment,
      judged:
        artifact && !isOvertaken(engine.store, build, environment)
          ? await judgeRelease(
              { engine, policies },
              {
                service,
                name,
                commit,
                sequence,
                artifact,
                build,
                environment,
                requestedBy,
                time: new Date(engine.clock.now()).toISOString(),
                context: policies.context(namespace),
              },
            )
          : undefined,
    })),
  );
};

/** Where a build was let before, of the environments that are still there. */
const decidedBefore = ({ engine: { store } }: Capabilities, { metadata, status }: Build): string[] =>
  (status?.environments ?? [{ name: productionEnvironment }]).flatMap(({ name, refused }) =>
    refused || !store.peek(EnvironmentKind, { namespace: metadata.namespace ?? '', name }) ? [] : [name],
  );

const createRelease = (
  { engine: { store } }: Capabilities,
  build: Build,
  decisions: readonly NewDecision[],
): Promise<void> => {
  const { service, sequence, commit, requestedBy, reason } = build.spec;
  const { name, namespace = '', ownerReferences = [] } = build.metadata;
  const artifact = build.status?.artifact;
  if (!artifact) return Promise.resolve();
  return createOnce(
    store,
    ReleaseKind,
    {
      metadata: { name, namespace, labels: { [serviceLabel]: service }, ownerReferences },
      spec: { service, commit, build: name, sequence, reason, createdBy: requestedBy, artifact },
    },
    controllerActor('build', requestedBy),
    decisions.length > 0 ? { decisions } : {},
  );
};

const deliver = async (
  capabilities: Capabilities,
  build: Build,
  environments: readonly string[],
  decisions: readonly NewDecision[] = [],
): Promise<void> => {
  await Promise.all([
    createRelease(capabilities, build, decisions),
    ...environments.map(environment => moveRollout(capabilities.engine.store, build, environment)),
  ]);
};

/** What the policies said in all environments together. */
const verdictOver = (destinations: readonly Destination[]): ReleaseVerdict | undefined => {
  const verdicts = destinations.flatMap(({ judged }) => judged?.verdict ?? []);
  const [first] = verdicts;
  return (
    first && {
      decision: first.decision,
      passed: Math.max(...verdicts.map(({ passed }) => passed)),
      excepted: Math.max(...verdicts.map(({ excepted }) => excepted)),
      warnings: [...new Set(verdicts.flatMap(({ warnings }) => warnings))],
    }
  );
};

const decidedOf = ({ name, judged }: Destination): Decided => ({
  name,
  ...(judged ? { decision: judged.decision.id } : {}),
  ...(judged?.refusal ? { refused: reportOf(judged.refusal) } : {}),
});

/** The build says where it goes and what the policies said; who follows it hears that. */
const note = async (
  { engine: { store } }: Capabilities,
  build: Build,
  destinations: readonly Destination[],
  more: Partial<NonNullable<Build['status']>> = {},
  decisions: readonly NewDecision[] = [],
): Promise<void> => {
  const policy = verdictOver(destinations);
  await store.mutate(
    BuildKind,
    keyOf(build),
    one => ({
      ...one,
      status: {
        ...one.status,
        ...more,
        ...(policy ? { policy } : {}),
        environments: destinations.map(decidedOf),
      },
    }),
    controllerActor('build'),
    { subresource: 'status', decisions },
  );
};

/** What policies refuse everywhere is no release: the build failed, in their words. */
const refusalOf = (
  { metadata }: Build,
  destinations: readonly Destination[],
): Partial<NonNullable<Build['status']>> => {
  const [first, ...others] = destinations.flatMap(({ judged }) => judged?.refusal ?? []);
  if (!first) return {};
  const failure =
    others.length === 0
      ? first
      : new PlatformError(
          'PolicyDenied',
          `Policies do not let ${metadata.name} reach ${destinations.map(({ name }) => name).join(' or ')}`,
          { evidence: [...new Set([first, ...others].flatMap(({ evidence }) => evidence))] },
        );
  return { phase: 'Failed', failure: reportOf(failure) };
};
