import { type FailureReport, ReplicaKind, RolloutKind, RouteKind } from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { hostNames } from '../host-names.ts';
import { recordSteps } from '../steps.ts';
import { ready, readyCount } from './capacity.ts';
import { pause, resume } from './pause.ts';
import {
  brokenInProbation,
  defaultProbationMs,
  type Probation,
  probationOf,
  standbyAmong,
} from './probation.ts';
import { serviceReplicas, webProcess } from './replica-plan.ts';
import { retire } from './retire.ts';
import { failureMessage, reportProgress } from './rollout-status.ts';
import { routeKey, sendTraffic } from './route-plan.ts';
import type { Scene } from './scene.ts';
import { wakes, waking } from './sleep.ts';

/** Steady state: the right number of replicas, traffic to the ready ones, everything else let go, what was just replaced last. */
export const keepServing = async (capabilities: Capabilities, scene: Scene) => {
  const { engine, addresses, probationMs = defaultProbationMs } = capabilities;
  const { rollout, service, configuration, replicas } = scene;
  const wanted = serviceReplicas(service, rollout, configuration);
  await Promise.all(
    wanted.map(replica =>
      createOnce(engine.store, ReplicaKind, replica, controllerActor('rollout'), {
        partOf: [RolloutKind, rollout],
      }),
    ),
  );
  const names = new Set(wanted.map(replica => replica.metadata.name));
  const own = replicas.filter(replica => names.has(replica.metadata.name));
  await resume(engine, own);
  const probation = probationOf(scene, engine.clock.now(), probationMs);
  if (probation) {
    const failure = brokenInProbation(scene, probation);
    if (failure) return goBack(capabilities, scene, probation, failure);
    await pause(
      engine,
      probation.kept.filter(({ spec }) => spec.process !== webProcess),
    );
  }
  const kept = probation?.kept ?? [];
  const web = own.filter(replica => replica.spec.process === webProcess);
  const { names: hosts } = hostNames(engine.store, service, rollout.spec.environment, addresses);
  const route = engine.store.peek(RouteKind, routeKey(rollout));
  const isWaking = wakes(rollout, own);
  const listens = wanted.some(({ spec }) => spec?.process === webProcess);
  // When none is ready the route keeps what it had: the gateway retries, and what comes back first is used first. Unless
  // nothing is to come: then requests need not wait.
  if (web.some(ready) || (route && (!listens || (route.spec.asleep && !isWaking))))
    await sendTraffic(engine, rollout, hosts, web.filter(ready), standbyAmong(kept));
  const others = replicas.filter(replica => !names.has(replica.metadata.name) && !kept.includes(replica));
  const { serving } = rollout.status ?? {};
  const leftRouteAt =
    serving && new Date(Date.parse(serving.since) + (serving.previous ? probationMs : 0)).toISOString();
  const again = await retire(engine, rollout, others, leftRouteAt);
  const readyReplicas = readyCount(own, configuration.digest);
  const healthy = readyReplicas > 0 || wanted.length === 0;
  await reportProgress(engine, rollout, {
    phase: again === undefined && !probation ? 'Serving' : 'Draining',
    reason: healthy ? 'Serving' : 'NoReadyReplica',
    message: healthy
      ? `${rollout.spec.release} serves.`
      : `No replica of ${rollout.spec.release} is ready; the agent restarts them.`,
    ready: healthy,
    ...(isWaking && !healthy ? waking : {}),
    target: null,
    failed: null,
    readyReplicas,
  });
  const looks = [again, probation?.leftMs].filter(one => one !== undefined);
  return looks.length > 0 ? { after: Math.min(...looks) } : undefined;
};

/** What serves has broken within its probation: what it replaced takes over, and the attempt counts as failed. */
const goBack = async (
  { engine }: Capabilities,
  { rollout, configuration, replicas }: Scene,
  { previous }: Probation,
  failure: FailureReport,
) => {
  const release = configuration.release.metadata.name;
  const { sequence, attempt, service, environment } = rollout.spec;
  const now = new Date(engine.clock.now()).toISOString();
  await Promise.all([
    reportProgress(engine, rollout, {
      phase: 'Failed',
      reason: failure.code,
      message: failureMessage(release, failure),
      ready: false,
      target: null,
      failed: { release, configuration: configuration.digest, sequence, attempt, failure },
      serving: { ...previous, since: now },
      readyReplicas: readyCount(replicas, previous.configuration),
    }),
    recordSteps(engine, {
      type: 'release.rolledback',
      team: rollout.metadata.namespace ?? '',
      service,
      environment,
      actor: controllerActor('rollout').user,
      of: `${rollout.metadata.uid}/${configuration.digest}/${rollout.status?.serving?.since ?? ''}`,
      data: {
        release: previous.release,
        from: release,
        sequence,
        code: failure.code,
        reason: failure.message,
      },
    }),
  ]);
  engine.recordEvent(
    rollout,
    'Warning',
    failure.code,
    `${failureMessage(release, failure)}; ${previous.release} serves again`,
  );
  return { after: 0 };
};
