import type { Condition, Environment, EnvironmentServiceStatus } from '@causeway/model';
import { EnvironmentKind, keyOf, withCondition } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import type { Lifetime } from '../life/lifetime.ts';
import type { Sleep } from '../life/sleep.ts';
import type { ServiceProgress } from './bring-service.ts';

type Status = NonNullable<Environment['status']>;
type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export interface Found {
  readonly progress: readonly ServiceProgress[];
  readonly life: Lifetime | undefined;
  readonly sleep: Sleep;
  readonly warned: readonly string[];
}

/** Steps on the way that follow one another faster are told together: each report is a commit, and work for all who hear of it. */
const tellStepsMs = 250;

/** For how long a step on the way need not be told yet: 0 where it is no such step, or the one before was told long enough ago. */
const untilTold = ({ status: before }: Environment, next: Status, now: number): number => {
  if (before?.phase !== 'Provisioning' || next.phase !== 'Provisioning') return 0;
  // Whoever was warned must not be warned again.
  if (before.warned?.length !== next.warned?.length) return 0;
  const last = Math.max(...(before.progress ?? []).map(({ since }) => Date.parse(since)));
  return last <= now ? Math.max(0, last + tellStepsMs - now) : 0;
};

/** The one write of an environment’s status in a pass; the result is in how many milliseconds it is to be made instead, 0 when it was. */
export const reportStatus = async (
  { engine: { store, clock, recordEvent } }: Capabilities,
  environment: Environment,
  found: Found,
): Promise<number> => {
  const now = clock.now();
  const laterMs = untilTold(environment, statusOf(environment, found, now), now);
  if (laterMs > 0) return laterMs;
  const wasReady = environment.status?.readyAfterMs !== undefined;
  const stored = await store.mutate(
    EnvironmentKind,
    keyOf(environment),
    one => ({ ...one, status: statusOf(one, found, now) }),
    controllerActor('environment'),
    { subresource: 'status' },
  );
  const { readyAfterMs } = stored.status ?? {};
  if (!wasReady && readyAfterMs !== undefined)
    recordEvent(
      environment,
      'Normal',
      'Ready',
      `All services serve, ${seconds(readyAfterMs)} after the request`,
    );
  return 0;
};

const seconds = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;

const statusOf = (environment: Environment, found: Found, now: number): Status => {
  const { spec, status: before = {}, metadata } = environment;
  const at = new Date(now).toISOString();
  const progress = found.progress.map(one => withSince(one, before.progress, at));
  const { phase, ready } = judge(found, progress);
  const readyAfterMs =
    before.readyAfterMs ??
    (phase === 'Ready' && spec.startsAt !== undefined
      ? Math.max(0, now - beginning(spec.startsAt, before.sleep))
      : undefined);
  const urls = Object.fromEntries(
    progress.flatMap(({ name, url }) => (url === undefined ? [] : [[name, url]])),
  );
  const conditions = [provisioned(progress, readyAfterMs), ready, expiring(found.life, metadata)].reduce<
    Condition[]
  >(
    (list, said) => withCondition(list, { ...said, observedGeneration: metadata.generation }, at),
    [...(before.conditions ?? [])],
  );
  const sleep = sleepStatus(found.sleep, before.sleep, at);
  return {
    phase: phase === 'Ready' && found.life?.expiring ? 'Expiring' : phase,
    services: progress.filter(({ step }) => step === 'Serving').length,
    urls,
    progress,
    conditions,
    ...(found.life === undefined ? {} : { expiresAt: new Date(found.life.endsAt).toISOString() }),
    ...(readyAfterMs === undefined ? {} : { readyAfterMs }),
    ...(sleep === undefined ? {} : { sleep }),
    ...(found.warned.length > 0 ? { warned: [...found.warned] } : {}),
  };
};

/** Nobody waited for what slept from the start: then the time counts from when it was woken. */
const beginning = (startsAt: string, sleep: Status['sleep']): number =>
  Math.max(Date.parse(startsAt), sleep && !sleep.asleep ? Date.parse(sleep.since) : 0);

const withSince = (
  { againMs: _again, ...now }: ServiceProgress,
  before: Status['progress'],
  at: string,
): EnvironmentServiceStatus => {
  const known = before?.find(({ name }) => name === now.name);
  const unchanged = known?.step === now.step && known.release === now.release;
  return { ...now, since: unchanged ? known.since : at };
};

const named = (progress: readonly EnvironmentServiceStatus[]): string =>
  progress.map(({ name, message }) => `${name}: ${message}`).join(' ');

const judge = (
  { sleep }: Found,
  progress: readonly EnvironmentServiceStatus[],
): { phase: NonNullable<Status['phase']>; ready: Said } => {
  const ready = (status: Said['status'], reason: string, message: string): Said => ({
    type: 'Ready',
    status,
    reason,
    message,
  });
  const failed = progress.filter(({ step }) => step === 'Failed');
  if (failed.length > 0)
    return {
      phase: 'Degraded',
      ready: ready('False', failed[0]?.failure?.code ?? 'Failed', named(failed)),
    };
  if (sleep.asleep)
    return {
      phase: 'Asleep',
      ready: ready('False', 'Asleep', `It sleeps: ${sleep.why}. The first request wakes it.`),
    };
  const waiting = progress.filter(({ step }) => step !== 'Serving');
  if (waiting.length > 0)
    return {
      phase: 'Provisioning',
      ready: ready('False', waiting[0]?.step ?? 'Provisioning', named(waiting)),
    };
  return {
    phase: 'Ready',
    ready: ready(
      'True',
      'Ready',
      `${progress.map(({ name }) => name).join(', ')} ${progress.length === 1 ? 'serves' : 'serve'}.`,
    ),
  };
};

const provisioned = (
  progress: readonly EnvironmentServiceStatus[],
  readyAfterMs: number | undefined,
): Said => {
  if (readyAfterMs !== undefined)
    return {
      type: 'Provisioned',
      status: 'True',
      reason: 'Provisioned',
      message: `All services served ${seconds(readyAfterMs)} after the request.`,
    };
  const done = progress.filter(({ step }) => step === 'Serving').length;
  return {
    type: 'Provisioned',
    status: 'False',
    reason: 'Provisioning',
    message: `${done} of ${progress.length} services serve.`,
  };
};

const expiring = (life: Lifetime | undefined, { name, namespace }: Environment['metadata']): Said => {
  const last = life?.due.at(-1);
  return life?.expiring && last
    ? {
        type: 'Expiring',
        status: 'True',
        reason: 'Soon',
        message: `It goes within ${last.name}. To keep it: platform env extend ${name} --by 7d --team ${namespace}`,
      }
    : { type: 'Expiring', status: 'False', reason: 'NotYet', message: 'Its owner is told before it goes.' };
};

const sleepStatus = (
  { asleep, wokenAt }: Sleep,
  before: Status['sleep'],
  at: string,
): Status['sleep'] | undefined => {
  if (!asleep && wokenAt === undefined && before === undefined) return undefined;
  return {
    asleep,
    since: before?.asleep === asleep ? before.since : at,
    ...(wokenAt === undefined ? {} : { wokenAt: new Date(wokenAt).toISOString() }),
  };
};
