import { type ControllerDefinition, defineController } from '@causeway/engine';
import {
  BuildKind,
  ChangeRequestKind,
  type Environment,
  EnvironmentKind,
  isPlatformError,
  type KindObject,
  keyOf,
  type ObjectKey,
  productionEnvironment,
  ReleaseKind,
  ReplicaKind,
  RolloutKind,
  RouteKind,
  ServiceKind,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { type Lifetime, lifetimeAt } from '../life/lifetime.ts';
import { sleepAt } from '../life/sleep.ts';
import { bringService } from './bring-service.ts';
import { reportStatus } from './environment-status.ts';
import { environmentFinalizer } from './finalizer.ts';
import { withdrawServices } from './rollouts.ts';
import { reportStanding } from './standing.ts';
import { tearDown } from './tear-down.ts';
import { requestsOf } from './traffic.ts';
import { warn } from './warn.ts';

const actor = controllerActor('environment');

/** A timer holds at most so long; life and schedules are looked at again then. */
const longestWaitMs = 6 * 60 * 60 * 1000;

/** After which a webhook that did not take a warning is told again. */
const warnAgainMs = 60_000;

const itsEnvironment = ({ metadata: { namespace = '' }, spec }: KindObject): ObjectKey[] =>
  spec.environment === undefined ? [] : [{ namespace, name: String(spec.environment) }];

/**
 * An environment that ends has a rollout for each of its services, tells how far each has come, warns before its end, and
 * leaves nothing behind. A standing one only tells what runs in it.
 */
export const environmentController = (capabilities: Capabilities): ControllerDefinition => {
  const { engine } = capabilities;
  const { store, clock } = engine;
  /** The environments in which a service runs, or is to. */
  const withService = (namespace: string | undefined, service: unknown): ObjectKey[] =>
    store
      .peekAll(
        EnvironmentKind,
        namespace,
        ({ spec }) => spec.services?.some(({ name }) => name === service) ?? false,
      )
      .map(keyOf);
  const goes = (key: ObjectKey): boolean =>
    store.peek(EnvironmentKind, key)?.metadata.deletionTimestamp !== undefined;
  return defineController({
    name: 'environment',
    kind: EnvironmentKind,
    watches: [
      {
        kind: RolloutKind,
        keys: rollout => [
          ...itsEnvironment(rollout),
          // What production serves is what others run that say nothing else.
          ...(rollout.spec.environment === productionEnvironment
            ? withService(rollout.metadata.namespace, rollout.spec.service)
            : []),
        ],
      },
      { kind: RouteKind, keys: itsEnvironment },
      {
        kind: ReplicaKind,
        // A replica matters to its environment when that goes; how it does its rollout tells.
        keys: replica => itsEnvironment(replica).filter(goes),
      },
      { kind: BuildKind, keys: ({ metadata, spec }) => withService(metadata.namespace, spec.service) },
      { kind: ReleaseKind, keys: ({ metadata, spec }) => withService(metadata.namespace, spec.service) },
      { kind: ServiceKind, keys: ({ metadata }) => withService(metadata.namespace, metadata.name) },
      {
        kind: ChangeRequestKind,
        keys: ({ metadata, spec }) => withService(metadata.namespace, spec.service),
      },
    ],
    async reconcile(key, signal) {
      const environment = store.peek(EnvironmentKind, key);
      if (!environment) return undefined;
      if (environment.metadata.deletionTimestamp) return tearDown(capabilities, environment, signal);
      if (environment.spec.type === 'standing') return reportStanding(capabilities, environment);
      const now = clock.now();
      const life = lifetimeAt(environment.spec, now);
      if (life?.over) return end(capabilities, environment, life);
      await hold(capabilities, environment);
      const sleep = sleepAt(environment, { now, ...requestsOf(engine, environment) });
      await withdrawServices(engine, environment);
      // At once, so that they share commits.
      const progress = await Promise.all(
        (environment.spec.services ?? []).map(service =>
          bringService(capabilities, environment, service, sleep.asleep),
        ),
      );
      const warned = await warn(capabilities, environment, life, signal);
      const laterMs = await reportStatus(capabilities, environment, { progress, life, sleep, warned });
      const untold = life?.due.some(({ id }) => !warned.includes(id)) ?? false;
      const looks = [
        life?.nextMs,
        sleep.nextMs,
        ...progress.map(one => one.againMs),
        ...(untold ? [warnAgainMs] : []),
        ...(laterMs > 0 ? [laterMs] : []),
      ];
      return { after: Math.min(longestWaitMs, ...looks.filter(one => one !== undefined)) };
    },
  });
};

/** It does not go before what it made has gone. */
const hold = async ({ engine: { store } }: Capabilities, environment: Environment): Promise<void> => {
  if (environment.metadata.finalizers?.includes(environmentFinalizer)) return;
  await store.mutate(
    EnvironmentKind,
    keyOf(environment),
    one => ({
      ...one,
      metadata: { ...one.metadata, finalizers: [...(one.metadata.finalizers ?? []), environmentFinalizer] },
    }),
    actor,
  );
};

/** Its time is over: it goes, unless somebody has just extended it. */
const end = async (
  { engine }: Capabilities,
  environment: Environment,
  { endsAt }: Lifetime,
): Promise<undefined> => {
  const expiresAt = new Date(endsAt).toISOString();
  if (environment.status?.expiresAt !== expiresAt) {
    // Somebody has just made it shorter. What asked for it reads from this why it went; then it is looked at again.
    const told = (one: Environment): Environment => ({ ...one, status: { ...one.status, expiresAt } });
    await engine.store.mutate(EnvironmentKind, keyOf(environment), told, actor, { subresource: 'status' });
    return undefined;
  }
  const { resourceVersion } = environment.metadata;
  await engine.store.delete(EnvironmentKind, keyOf(environment), actor, { resourceVersion }).catch(error => {
    if (!isPlatformError(error, 'NotFound')) throw error;
  });
  engine.recordEvent(environment, 'Normal', 'Expired', 'Its time is over; it is being removed');
  return undefined;
};
