import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  EnvironmentKind,
  type FailureReport,
  type KindObject,
  keyOf,
  type ObjectKey,
  PlatformError,
  ReleaseKind,
  ReplicaKind,
  RolloutKind,
  type Route,
  RouteKind,
  reportOf,
  ServiceKind,
} from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { hostNames } from '../host-names.ts';
import { recordSteps } from '../steps.ts';
import { advance, patienceMs, untilStarted } from './advance.ts';
import { ready, readyCount } from './capacity.ts';
import { freeFixedPort } from './fixed-port.ts';
import { keepServing } from './keep-serving.ts';
import { resume } from './pause.ts';
import { webProcess } from './replica-plan.ts';
import { retire } from './retire.ts';
import { failureMessage, reportProgress } from './rollout-status.ts';
import { hasMoved } from './route-address.ts';
import { acknowledged, routeKey, sendTraffic } from './route-plan.ts';
import { readScene, type Scene } from './scene.ts';
import { mayComeUp, sleep } from './sleep.ts';
import { endWait, waitedMs } from './waited.ts';

const lookAgainMs = 1000;
/** Waiting for gateways is told when it takes longer. */
const tellSwitchingMs = 250;
const portLookMs = 250;

const rolloutOf = ({ metadata, spec }: KindObject): ObjectKey[] => [
  { namespace: metadata.namespace ?? '', name: `${spec.service}.${spec.environment}` },
];

const inEnvironment = ({ store }: Engine, { metadata, spec }: KindObject): ObjectKey[] =>
  store.peekAll(RolloutKind, metadata.namespace, one => one.spec.environment === spec.environment).map(keyOf);

/**
 * Makes the desired release of a service serve in an environment: start the new, wait until ready, switch, check, let the
 * old go. When the new one fails the old keeps the traffic, and the attempt is not repeated until someone asks.
 */
export const rolloutController = (capabilities: Capabilities): ControllerDefinition => {
  const { engine } = capabilities;
  return defineController({
    name: 'rollout',
    kind: RolloutKind,
    watches: [
      { kind: ReplicaKind, keys: rolloutOf },
      {
        kind: RouteKind,
        // Others in its environment may know a route by the address it would have by its name.
        keys: route => (hasMoved(route as Route) ? inEnvironment(engine, route) : rolloutOf(route)),
      },
      {
        kind: EnvironmentKind,
        keys: ({ metadata, spec }) =>
          spec.type === 'standing'
            ? []
            : engine.store
                .peekAll(RolloutKind, metadata.namespace, one => one.spec.environment === metadata.name)
                .map(keyOf),
      },
      {
        kind: ServiceKind,
        keys: ({ metadata }) =>
          engine.store
            .peekAll(RolloutKind, metadata.namespace, one => one.spec.service === metadata.name)
            .map(keyOf),
      },
      {
        kind: ReleaseKind,
        keys: ({ metadata }) =>
          engine.store
            .peekAll(RolloutKind, metadata.namespace, one => one.spec.release === metadata.name)
            .map(keyOf),
      },
    ],
    async reconcile(key) {
      const scene = readScene(capabilities, key);
      if (scene === 'gone') {
        endWait(engine, key);
        return undefined;
      }
      if (scene === 'no release') return missingRelease(capabilities, key);
      const { spec, status } = scene.rollout;
      if (spec.asleep) return sleep(capabilities, scene);
      if (status?.serving?.configuration === scene.configuration.digest)
        return keepServing(capabilities, scene);
      if (status?.failed?.configuration === scene.configuration.digest)
        return keepPrevious(capabilities, scene);
      return attempt(capabilities, scene);
    },
  });
};

const missingRelease = async ({ engine }: Capabilities, key: ObjectKey): Promise<undefined> => {
  const rollout = engine.store.peek(RolloutKind, key);
  if (!rollout) return undefined;
  const failure = reportOf(
    new PlatformError('ReleaseNotFound', `there is no release ${rollout.spec.release}`),
  );
  const { phase: _phase, ...rest } = rollout.status ?? {};
  await reportProgress(engine, rollout, {
    phase: rest.serving ? 'Serving' : 'Failed',
    reason: failure.code,
    message: failure.message,
    ready: rest.serving !== undefined,
    readyReplicas: rest.readyReplicas ?? 0,
  });
  return undefined;
};

/** The desired release failed: what served before serves on, the failed replicas go. */
const keepPrevious = async ({ engine, addresses }: Capabilities, scene: Scene) => {
  const { rollout, service, replicas } = scene;
  const serving = rollout.status?.serving;
  if (!(await freeFixedPort(engine, scene, serving?.configuration))) return { after: portLookMs };
  const own = replicas.filter(
    replica => replica.spec.configuration === serving?.configuration && replica.spec.mode === 'service',
  );
  await resume(engine, own);
  const web = own.filter(replica => replica.spec.process === webProcess && ready(replica));
  const known = engine.store.peek(RouteKind, routeKey(rollout));
  // It was woken for a release that failed: requests wait on for the one before.
  if (known?.spec.asleep && web.length === 0 && own.length > 0 && mayComeUp(own))
    return { after: lookAgainMs };
  if (known) {
    const route = await sendTraffic(
      engine,
      rollout,
      hostNames(engine.store, service, rollout.spec.environment, addresses).names,
      web,
    );
    // Where a smoke check failed the new replicas have had the traffic: they stay until the gateway is back at the old ones.
    if (!acknowledged(route)) return { after: lookAgainMs };
  }
  await retire(
    engine,
    rollout,
    replicas.filter(replica => !own.includes(replica)),
    undefined,
  );
  const failure = rollout.status?.failed?.failure;
  await reportProgress(engine, rollout, {
    phase: 'Failed',
    reason: failure?.code ?? 'Failed',
    message: failure ? failureMessage(rollout.status?.failed?.release ?? '', failure) : 'failed',
    ready: false,
    target: null,
    readyReplicas: readyCount(own, serving?.configuration),
  });
  return undefined;
};

/** One pass of bringing the desired configuration into service. */
const attempt = async (capabilities: Capabilities, scene: Scene) => {
  const { engine } = capabilities;
  const { rollout, configuration, replicas } = scene;
  const { serving } = rollout.status ?? {};
  const now = engine.clock.now();
  const current =
    rollout.status?.target?.configuration === configuration.digest ? rollout.status.target : undefined;
  const target = current ?? {
    release: configuration.release.metadata.name,
    sequence: rollout.spec.sequence,
    attempt: rollout.spec.attempt,
    startedAt: new Date(now).toISOString(),
    configuration: configuration.digest,
  };
  const readyReplicas = readyCount(replicas, serving?.configuration);
  const report = (phase: 'Starting' | 'Switching' | 'Checking', what: string) =>
    reportProgress(engine, rollout, {
      phase,
      reason: phase,
      message: `Waits for ${what}.`,
      ready: false,
      target,
      readyReplicas,
    });

  if (!(await freeFixedPort(engine, scene, configuration.digest))) {
    await report('Starting', 'the previous release to free the port that the program insists on');
    return { after: portLookMs };
  }
  // They may have been replaced, and be wanted again.
  await resume(
    engine,
    replicas.filter(({ spec }) => spec.configuration === configuration.digest),
  );
  // A target that something newer replaced is let go at once, unless it has traffic.
  const stale = replicas.filter(
    ({ spec }) =>
      spec.configuration !== configuration.digest && spec.configuration !== serving?.configuration,
  );
  await retire(engine, rollout, stale, undefined);
  const [outcome] = await Promise.all([
    advance(capabilities, scene),
    current ? undefined : report('Starting', untilStarted),
  ]);

  if (outcome.type !== 'waiting') endWait(engine, keyOf(rollout));
  if (outcome.type === 'failed') return fail(capabilities, scene, target, outcome.failure);
  if (outcome.type === 'serving') return serve(capabilities, scene, target);
  const left = patienceMs(scene) - waitedMs(engine, keyOf(rollout), target);
  if (left <= 0) {
    endWait(engine, keyOf(rollout));
    const late = new PlatformError('RolloutTimeout', `${target.release} still waits for ${outcome.for}`);
    return fail(capabilities, scene, target, reportOf(late));
  }
  // Gateways take a route within milliseconds: who waits for the service is not kept waiting by saying so.
  const isBrief =
    outcome.phase === 'Switching' && waitedMs(engine, keyOf(rollout), target, 'gateways') < tellSwitchingMs;
  if (isBrief) return { after: Math.min(left, tellSwitchingMs) };
  await report(outcome.phase, outcome.for);
  return { after: Math.min(left, lookAgainMs) };
};

type Target = NonNullable<NonNullable<Scene['rollout']['status']>['target']>;

const step = ({ rollout }: Scene, target: Target) => ({
  team: rollout.metadata.namespace ?? '',
  service: rollout.spec.service,
  environment: rollout.spec.environment,
  actor: rollout.spec.pin?.by ?? rollout.spec.requestedBy,
  of: `${rollout.metadata.uid}/${target.configuration}/${target.startedAt}`,
});

/** A release is published once and a rollback is carried out once, however often their configuration changes while they serve. */
const recordServing = async (engine: Engine, scene: Scene, target: Target, at: string): Promise<void> => {
  const { rollout, configuration } = scene;
  if (rollout.status?.serving?.release === target.release) return;
  const { pin } = rollout.spec;
  const data = {
    release: target.release,
    commit: configuration.release.spec.commit,
    sequence: configuration.release.spec.sequence,
    startedAt: target.startedAt,
  };
  await recordSteps(engine, {
    ...step(scene, target),
    type: pin ? 'release.rolledback' : 'release.published',
    of: `${rollout.metadata.uid}/${target.release}/${pin?.at ?? ''}`,
    at,
    data,
  });
};

const serve = async ({ engine }: Capabilities, scene: Scene, target: Target) => {
  const { rollout, replicas } = scene;
  const since = new Date(engine.clock.now()).toISOString();
  const replaced = rollout.status?.serving;
  await Promise.all([
    reportProgress(engine, rollout, {
      phase: replicas.some(({ spec }) => spec.configuration !== target.configuration)
        ? 'Draining'
        : 'Serving',
      reason: 'Serving',
      message: `${target.release} serves.`,
      ready: true,
      target: null,
      failed: null,
      serving: {
        release: target.release,
        configuration: target.configuration,
        since,
        ...(replaced
          ? { previous: { release: replaced.release, configuration: replaced.configuration } }
          : {}),
      },
      readyReplicas: readyCount(replicas, target.configuration),
    }),
    recordServing(engine, scene, target, since),
  ]);
  engine.recordEvent(rollout, 'Normal', 'Serving', `${target.release} serves`);
  return { after: 0 };
};

const fail = async ({ engine }: Capabilities, scene: Scene, target: Target, failure: FailureReport) => {
  const { rollout, replicas } = scene;
  const { startedAt: _startedAt, ...failed } = target;
  await Promise.all([
    reportProgress(engine, rollout, {
      phase: 'Failed',
      reason: failure.code,
      message: failureMessage(target.release, failure),
      ready: false,
      target: null,
      failed: { ...failed, failure },
      readyReplicas: readyCount(replicas, rollout.status?.serving?.configuration),
    }),
    recordSteps(engine, {
      ...step(scene, target),
      type: 'rollout.failed',
      data: {
        release: target.release,
        sequence: target.sequence,
        code: failure.code,
        reason: failure.message,
      },
    }),
  ]);
  engine.recordEvent(rollout, 'Warning', failure.code, failureMessage(target.release, failure));
  return { after: 0 };
};
