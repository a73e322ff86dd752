import {
  durationMs,
  type FailureReport,
  PlatformError,
  type Replica,
  ReplicaKind,
  RolloutKind,
  reportOf,
} from '@causeway/model';
import { createOnce } from '../../create-once.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { hostNames } from '../host-names.ts';
import { ready } from './capacity.ts';
import { standbyAmong } from './probation.ts';
import { releaseReplica, serviceReplicas, smokeReplica, webProcess } from './replica-plan.ts';
import { acknowledged, expectTraffic, sendTraffic } from './route-plan.ts';
import type { Scene } from './scene.ts';

/** Where the attempt stands after this pass. */
export type Outcome =
  | { readonly type: 'waiting'; readonly phase: 'Starting' | 'Switching' | 'Checking'; readonly for: string }
  | { readonly type: 'serving' }
  | { readonly type: 'failed'; readonly failure: FailureReport };

const actor = controllerActor('rollout');
const spareMs = 60_000;

/** What an attempt waits for at first. */
export const untilStarted = 'the agent to start the replicas';

const waiting = (phase: 'Starting' | 'Switching' | 'Checking', what: string): Outcome => ({
  type: 'waiting',
  phase,
  for: what,
});
const failed = (error: PlatformError): Outcome => ({ type: 'failed', failure: reportOf(error) });

/** What a once-run replica has come to: `done`, an outcome to report, or still under way. */
const ran = (
  replica: Replica | undefined,
  code: 'ReleaseCommandFailed' | 'SmokeCheckFailed',
  what: string,
): Outcome | 'done' | undefined => {
  if (replica?.status?.phase === 'Succeeded') return 'done';
  if (replica?.status?.phase !== 'Failed') return undefined;
  const { failure, exitCode } = replica.status;
  const message =
    exitCode === undefined
      ? `${what} failed: ${failure?.message ?? 'no reason given'}`
      : `${what} ended with exit code ${exitCode}`;
  return failed(new PlatformError(code, message, { evidence: failure?.evidence ?? [] }));
};

/** How long the attempt may take in all. */
export const patienceMs = ({ service, configuration }: Scene): number =>
  spareMs +
  durationMs(service.spec.http.startTimeout) +
  (configuration.release.spec.artifact.release === undefined ? 0 : durationMs(service.spec.build.timeout));

/** Takes the attempt one step on: release command, replicas, ready, switch, smoke check. Level-triggered: every pass looks at all of it. */
export const advance = async (capabilities: Capabilities, scene: Scene): Promise<Outcome> => {
  const { engine, addresses } = capabilities;
  const { service, rollout, configuration, replicas } = scene;
  const named = (name: string) => replicas.find(replica => replica.metadata.name === name);

  const before = releaseReplica(service, rollout, configuration);
  if (before) {
    await createOnce(engine.store, ReplicaKind, before, actor, { partOf: [RolloutKind, rollout] });
    const state = ran(named(before.metadata.name), 'ReleaseCommandFailed', 'the release command');
    if (state === undefined) return waiting('Starting', 'the release command');
    if (state !== 'done') return state;
  }

  const wanted = serviceReplicas(service, rollout, configuration);
  const { names } = hostNames(engine.store, service, rollout.spec.environment, addresses);
  const listens = wanted.some(({ spec }) => spec?.process === webProcess);
  await Promise.all([
    ...wanted.map(replica =>
      createOnce(engine.store, ReplicaKind, replica, actor, { partOf: [RolloutKind, rollout] }),
    ),
    listens ? expectTraffic(engine, rollout, names) : undefined,
  ]);
  const started = wanted.map(replica => named(replica.metadata.name));
  const broken = started.find(replica => replica?.status?.phase === 'Failed');
  if (broken?.status?.failure) return { type: 'failed', failure: broken.status.failure };
  const up = started.filter(replica => replica && ready(replica)).length;
  if (up < wanted.length) {
    const taken = started.some(replica => replica?.status?.phase !== undefined);
    return waiting(
      'Starting',
      taken ? `${wanted.length - up} of ${wanted.length} replicas to become ready` : untilStarted,
    );
  }

  const web = started.filter((replica): replica is Replica => replica?.spec.process === webProcess);
  if (web.length === 0) return { type: 'serving' };
  const route = await sendTraffic(
    engine,
    rollout,
    names,
    web,
    standbyAmong(
      replicas.filter(({ spec }) => spec.configuration === rollout.status?.serving?.configuration),
    ),
  );
  if (!acknowledged(route)) return waiting('Switching', 'the gateway to take the new route');
  return smoke(capabilities, scene, names[0] ?? '', web[0]?.status?.address ?? '');
};

/** Asks the new release what the service says it must answer, now that it has the traffic. */
const smoke = async (
  { engine, visitor }: Capabilities,
  { service, rollout, configuration, replicas }: Scene,
  host: string,
  address: string,
): Promise<Outcome> => {
  const check = service.spec.smoke;
  if (!check) return { type: 'serving' };
  const command = smokeReplica(service, rollout, configuration, address);
  if (command) {
    await createOnce(engine.store, ReplicaKind, command, actor, { partOf: [RolloutKind, rollout] });
    const state = ran(
      replicas.find(replica => replica.metadata.name === command.metadata.name),
      'SmokeCheckFailed',
      'the smoke command',
    );
    if (state === undefined) return waiting('Checking', 'the smoke command');
    return state === 'done' ? { type: 'serving' } : state;
  }
  const path = check.path ?? '/';
  try {
    const status = await visitor.get(host, path, durationMs(check.timeout));
    if (status === check.status) return { type: 'serving' };
    return failed(
      new PlatformError(
        'SmokeCheckFailed',
        `the smoke check GET ${path} answered ${status} instead of ${check.status}`,
      ),
    );
  } catch (error) {
    return failed(
      new PlatformError(
        'SmokeCheckFailed',
        `the smoke check GET ${path} got no answer within ${check.timeout}`,
        { evidence: [(error as Error).message] },
      ),
    );
  }
};
