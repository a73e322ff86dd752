import {
  type Build,
  BuildKind,
  ChangeRequestKind,
  type Environment,
  EnvironmentKind,
  type EnvironmentService,
  type FailureReport,
  PlatformError,
  productionEnvironment,
  type Release,
  ReleaseKind,
  RolloutKind,
  reportOf,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { environmentLabel, ownedBy, serviceLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';
import { judgedPlan } from '../../policy/build-plan/judge-plan.ts';
import type { Capabilities } from '../../settings.ts';
import { requesterOf } from './rollouts.ts';

/** What is to run, or what is waited for on the way to it. */
export type WantedRelease =
  | { readonly type: 'release'; readonly release: Release }
  | { readonly type: 'releasing' | 'building'; readonly message: string; readonly commit?: string }
  | { readonly type: 'failed'; readonly failure: FailureReport; readonly commit?: string };

const failed = (error: PlatformError, commit?: string): WantedRelease => ({
  type: 'failed',
  failure: reportOf(error),
  ...(commit === undefined ? {} : { commit }),
});

const short = (commit: string): string => commit.slice(0, 8);

/** What production serves, or else the newest release that was made for it. */
const released = ({ engine: { store } }: Capabilities, service: Service): WantedRelease => {
  const { namespace = '', name } = service.metadata;
  const serving = store.peek(RolloutKind, { namespace, name: `${name}.${productionEnvironment}` })?.status
    ?.serving?.release;
  const own = store
    .peekAll(ReleaseKind, namespace, ({ spec }) => spec.service === name && spec.reason !== 'environment')
    .sort((a, b) => b.spec.sequence - a.spec.sequence);
  const release = own.find(({ metadata }) => metadata.name === serving) ?? own[0];
  if (release) return { type: 'release', release };
  return {
    type: 'releasing',
    message: `Waits for the first release of ${name}: push to ${service.spec.branch}.`,
  };
};

/** The commit that an environment names, if it names one. */
const namedCommit = async (
  { engine: { store }, repositories }: Capabilities,
  service: Service,
  { revision, branch, changeRequest }: EnvironmentService,
): Promise<string | PlatformError | undefined> => {
  const { namespace = '', name } = service.metadata;
  if (changeRequest !== undefined) {
    const key = { namespace, name: `${name}.${changeRequest}` };
    return (
      store.peek(ChangeRequestKind, key)?.status?.head ??
      new PlatformError('NotFound', `${name} has no change request ${changeRequest}`, {
        next: `See them: platform change list ${name}`,
      })
    );
  }
  const wanted = branch === undefined ? revision : `refs/heads/${branch}`;
  if (wanted === undefined) return undefined;
  return (
    (await repositories.resolve({ team: namespace, service: name }, wanted)) ??
    new PlatformError(
      'NotFound',
      branch === undefined
        ? `${name} has no commit or tag '${revision}'`
        : `${name} has no branch '${branch}'`,
      { next: `Push it, or name one that is there: git ls-remote ${service.status?.cloneUrl ?? ''}` },
    )
  );
};

const runningStep = ({ status, metadata }: Build): string => {
  const step = status?.steps?.find(({ state }) => state === 'Running')?.name;
  return step === undefined ? `Waits for the agent to build ${metadata.name}.` : `${metadata.name}: ${step}.`;
};

/** The release of a commit. One that nobody has built yet is built for the environment alone. */
const releaseOf = async (
  capabilities: Capabilities,
  environment: Environment,
  service: Service,
  commit: string,
): Promise<WantedRelease> => {
  const { store } = capabilities.engine;
  const { namespace = '', name } = service.metadata;
  const newestFirst = (a: { spec: { sequence: number } }, b: { spec: { sequence: number } }) =>
    b.spec.sequence - a.spec.sequence;
  const [release] = store
    .peekAll(ReleaseKind, namespace, ({ spec }) => spec.service === name && spec.commit === commit)
    .sort(newestFirst);
  if (release) return { type: 'release', release };
  const [build] = store
    .peekAll(
      BuildKind,
      namespace,
      ({ spec, status }) => spec.service === name && spec.commit === commit && status?.phase !== 'Superseded',
    )
    .sort(newestFirst);
  if (build?.status?.phase === 'Failed' && build.status.failure)
    return { type: 'failed', failure: build.status.failure, commit };
  if (build) return { type: 'building', message: runningStep(build), commit };
  await startBuild(capabilities, environment, service, commit);
  return { type: 'building', message: `Waits for the agent to build ${short(commit)}.`, commit };
};

const startBuild = async (
  capabilities: Capabilities,
  environment: Environment,
  service: Service,
  commit: string,
): Promise<void> => {
  const { store } = capabilities.engine;
  const { namespace = '', name } = service.metadata;
  const requestedBy = requesterOf(environment);
  const actor = controllerActor('environment', requestedBy);
  const numbered = await store.mutate(
    ServiceKind,
    { namespace, name },
    one => ({ ...one, status: { ...one.status, sequence: (one.status?.sequence ?? 0) + 1 } }),
    actor,
    { subresource: 'status' },
  );
  const sequence = numbered.status?.sequence ?? 1;
  const spec = {
    service: name,
    commit,
    sequence,
    requestedBy,
    reason: 'environment' as const,
    settings: service.spec.build,
  };
  await store.create(
    BuildKind,
    {
      metadata: {
        name: `${name}.${sequence}`,
        namespace,
        labels: { [serviceLabel]: name, [environmentLabel]: environment.metadata.name },
        ownerReferences: [ownedBy(service)],
        ...judgedPlan(capabilities, service, spec),
      },
      spec,
    },
    actor,
    { partOf: [EnvironmentKind, environment] },
  );
};

/** Which release of a service an environment wants. */
export const wantedRelease = async (
  capabilities: Capabilities,
  environment: Environment,
  service: Service,
  settings: EnvironmentService,
): Promise<WantedRelease> => {
  const commit = await namedCommit(capabilities, service, settings);
  if (commit instanceof PlatformError) return failed(commit);
  return commit === undefined
    ? released(capabilities, service)
    : releaseOf(capabilities, environment, service, commit);
};
