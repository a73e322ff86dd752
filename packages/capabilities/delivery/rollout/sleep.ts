import { type Replica, type Rollout, RouteKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { hostNames } from '../host-names.ts';
import { pause } from './pause.ts';
import { webProcess } from './replica-plan.ts';
import { mayEnd, retire } from './retire.ts';
import { reportProgress } from './rollout-status.ts';
import { holdTraffic, routeKey } from './route-plan.ts';
import type { Scene } from './scene.ts';

const lookAgainMs = 250;

/**
 * Nothing of the rollout runs: the route stays and keeps requests, replicas end once they have answered what they had
 * begun. Their objects stay, so that waking is a start and no more. A command that runs once runs to its end.
 */
export const sleep = async ({ engine, addresses }: Capabilities, scene: Scene) => {
  const { rollout, service, configuration, replicas } = scene;
  const listens = webProcess in configuration.release.spec.artifact.processes;
  if (listens || engine.store.peek(RouteKind, routeKey(rollout))) {
    const { names } = hostNames(engine.store, service, rollout.spec.environment, addresses);
    await holdTraffic(engine, rollout, names);
  }
  const since =
    rollout.status?.phase === 'Asleep'
      ? rollout.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime
      : new Date(engine.clock.now()).toISOString();
  const running = replicas.filter(({ spec }) => spec.mode === 'service' && !spec.stop);
  const done = running.filter(replica => mayEnd(engine, rollout, replica, since));
  // What could not start is made anew when it wakes; the agent would not try it again.
  const broken = done.filter(({ status }) => status?.phase === 'Failed');
  await pause(
    engine,
    done.filter(replica => !broken.includes(replica)),
  );
  await retire(engine, rollout, broken, undefined);
  await reportProgress(engine, rollout, {
    phase: 'Asleep',
    reason: 'Asleep',
    message: listens
      ? 'Nothing runs; the first request wakes it.'
      : 'Nothing runs until its environment is awake.',
    ready: false,
    // An attempt begins anew after the sleep: its time to become ready would be over.
    target: null,
    readyReplicas: 0,
  });
  return done.length < running.length ? { after: lookAgainMs } : undefined;
};

const failed = ({ status }: Replica): boolean =>
  status?.phase === 'Failed' ||
  (status?.failure !== undefined && status.phase !== 'Stopping' && status.phase !== 'Stopped');

/** None of them has failed, as long as they are not ready. */
export const mayComeUp = (own: readonly Replica[]): boolean => !own.some(failed);

/** It slept, and what serves it is on its way: until one is ready or has failed the gateway keeps requests. */
export const wakes = ({ status }: Rollout, own: readonly Replica[]): boolean =>
  (status?.phase === 'Asleep' || status?.conditions?.some(({ reason }) => reason === 'Waking') === true) &&
  mayComeUp(own);

export const waking = {
  phase: 'Starting',
  reason: 'Waking',
  message: 'Wakes up: waits for its replicas to become ready.',
  ready: false,
} as const;
