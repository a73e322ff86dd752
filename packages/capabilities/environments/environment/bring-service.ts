import type { Store } from '@causeway/engine';
import {
  BuildKind,
  type Environment,
  type EnvironmentService,
  type EnvironmentServiceStatus,
  type FailureReport,
  PlatformError,
  productionEnvironment,
  type Release,
  type Rollout,
  RolloutKind,
  reportOf,
  type Service,
  ServiceKind,
} from '@causeway/model';
import { hostNames, urlOf } from '../../delivery/host-names.ts';
import { untilStarted } from '../../delivery/rollout/advance.ts';
import { judgeRelease } from '../../policy/release/judge-release.ts';
import type { Capabilities } from '../../settings.ts';
import { forgetBuilds } from './forget-builds.ts';
import { ensureRollout, requesterOf, rolloutKey } from './rollouts.ts';
import { type WantedRelease, wantedRelease } from './wanted-release.ts';

type Step = EnvironmentServiceStatus['step'];

/** How one service does now, and when it must be looked at again though nothing changes. */
export interface ServiceProgress extends Omit<EnvironmentServiceStatus, 'since'> {
  readonly againMs?: number;
}

/** A branch may move without anybody telling. */
const branchLookMs = 30_000;
const refusedLookMs = 60_000;

/** Takes one service of an environment a step on, and says where it stands. */
export const bringService = async (
  capabilities: Capabilities,
  environment: Environment,
  settings: EnvironmentService,
  asleep: boolean,
): Promise<ServiceProgress> => {
  const { store } = capabilities.engine;
  const { name } = settings;
  const service = store.peek(ServiceKind, { namespace: environment.metadata.namespace ?? '', name });
  if (!service || service.metadata.deletionTimestamp)
    return failedAt(
      name,
      reportOf(
        new PlatformError('NotFound', `the service ${name} has been deleted`, {
          next: 'Take it out of the request, or create it again.',
        }),
      ),
    );
  const again = settings.branch === undefined ? {} : { againMs: branchLookMs };
  const wanted = await wantedRelease(capabilities, environment, service, settings);
  const commit = wanted.type === 'release' ? wanted.release.spec.commit : wanted.commit;
  // The newest commit wins: what was built for an older one, or still is, goes.
  if (commit !== undefined)
    await forgetBuilds(
      capabilities.engine,
      environment,
      ({ spec }) => spec.service === name && spec.commit !== commit,
    );
  if (wanted.type !== 'release') return { ...waitsFor(name, wanted), ...again };
  const { release } = wanted;
  const progress = await serve(capabilities, environment, { service, settings, release, asleep });
  return { ...again, ...progress };
};

const failedAt = (name: string, failure: FailureReport): ServiceProgress => ({
  name,
  step: 'Failed',
  message: failure.message,
  failure,
});

const waitsFor = (name: string, wanted: Exclude<WantedRelease, { type: 'release' }>): ServiceProgress => {
  const commit = wanted.commit === undefined ? {} : { commit: wanted.commit };
  if (wanted.type === 'failed') return { ...failedAt(name, wanted.failure), ...commit };
  return {
    name,
    step: wanted.type === 'building' ? 'Building' : 'Releasing',
    message: wanted.message,
    ...commit,
  };
};

interface Serving {
  readonly service: Service;
  readonly settings: EnvironmentService;
  readonly release: Release;
  readonly asleep: boolean;
}

const serve = async (
  capabilities: Capabilities,
  environment: Environment,
  serving: Serving,
): Promise<ServiceProgress> => {
  const { engine, addresses } = capabilities;
  const { service, settings, release } = serving;
  const { name } = settings;
  const what = { release: release.metadata.name, commit: release.spec.commit };
  const known = engine.store.peek(RolloutKind, rolloutKey(environment, name));
  if (known?.metadata.deletionTimestamp)
    return { name, step: 'Starting', message: 'Waits for what ran here before to go.', ...what };
  const judged =
    known?.spec.release === release.metadata.name
      ? 'judged before'
      : await judge(capabilities, environment, serving);
  if (judged !== 'judged before' && judged.refusal) {
    // What this service ran before goes on.
    return { ...failedAt(name, reportOf(judged.refusal)), ...what, againMs: refusedLookMs };
  }
  await ensureRollout(engine, environment, serving, judged === 'judged before' ? [] : [judged.decision]);
  const [host = ''] = hostNames(engine.store, service, environment.metadata.name, addresses).names;
  const listens = Object.hasOwn(release.spec.artifact.processes, 'web');
  const rollout = engine.store.peek(RolloutKind, rolloutKey(environment, name));
  const progress = progressOf(rollout, release);
  const failure = progress.failure && onlyHere(engine.store, rollout, progress.failure);
  return {
    name,
    ...progress,
    ...(failure ? { failure } : {}),
    ...what,
    ...(listens ? { url: urlOf(host, addresses) } : {}),
  };
};

/** What fails here and serves in production fails of what is other here: that is to be looked at, not the program. */
const onlyHere = (store: Store, rollout: Rollout | undefined, failure: FailureReport): FailureReport => {
  if (!rollout) return failure;
  const { service, release, settings } = rollout.spec;
  const { namespace = '' } = rollout.metadata;
  const production = store.peek(RolloutKind, { namespace, name: `${service}.${productionEnvironment}` });
  if (production?.status?.serving?.release !== release) return failure;
  const variables = Object.keys(settings?.variables ?? {});
  const other = [
    ...(variables.length > 0 ? [`the variables ${variables.join(', ')}`] : []),
    ...(settings?.resources ? ['what each replica may use'] : []),
  ];
  const look = other.length > 0 ? `look at ${other.join(' and ')}` : 'look at what it finds only there';
  return { ...failure, next: `${release} serves in production, so ${look}; then change the request.` };
};

/** Nothing reaches an environment without a decision; what was refused is asked about again only now and then. */
const judge = async (capabilities: Capabilities, environment: Environment, { service, release }: Serving) => {
  const { engine, policies } = capabilities;
  const { namespace = '' } = environment.metadata;
  const { commit, sequence, artifact, build } = release.spec;
  const judged = await judgeRelease(capabilities, {
    service,
    name: release.metadata.name,
    commit,
    sequence,
    artifact,
    build: engine.store.peek(BuildKind, { namespace, name: build }),
    environment: environment.metadata.name,
    requestedBy: requesterOf(environment),
    time: new Date(engine.clock.now()).toISOString(),
    context: policies.context(namespace),
  });
  const told = environment.status?.progress?.find(({ name }) => name === service.metadata.name);
  const isKnown = told?.failure?.code === 'PolicyDenied' && told.release === release.metadata.name;
  if (judged.refusal && !isKnown) await engine.decisions.append(judged.decision);
  return judged;
};

const steps: Partial<Record<NonNullable<NonNullable<Rollout['status']>['phase']>, Step>> = {
  Starting: 'Starting',
  Switching: 'Switching',
  Checking: 'Checking',
};

/** In the words of the rollout itself, so that it is told once. */
const begins = `Waits for ${untilStarted}.`;

/** How far a rollout has come with the release that is wanted. */
const progressOf = (
  rollout: Rollout | undefined,
  { metadata: { name: release } }: Release,
): { step: Step; message: string; failure?: FailureReport } => {
  const { phase, serving, failed, conditions, readyReplicas = 0 } = rollout?.status ?? {};
  const said = conditions?.find(({ type }) => type === 'Ready')?.message ?? begins;
  if (rollout?.spec.asleep) return { step: 'Asleep', message: 'It sleeps; the first request wakes it.' };
  if (phase === 'Failed' && failed) return { step: 'Failed', message: said, failure: failed.failure };
  const serves = serving?.release === release && (phase === 'Serving' || phase === 'Draining');
  if (serves && readyReplicas > 0) return { step: 'Serving', message: said };
  if (serves && rollout?.spec.settings?.replicas === 0) return { step: 'Serving', message: said };
  const step = phase === undefined ? undefined : steps[phase];
  return { step: step ?? 'Starting', message: step === undefined && !serves ? begins : said };
};
