import { type FailureReport, PlatformError, type Replica, type Rollout, reportOf } from '@causeway/model';
import { capacityOf, ready } from './capacity.ts';
import { webProcess } from './replica-plan.ts';
import type { Scene } from './scene.ts';

/** How long what a release replaced is kept, milliseconds: most programs that break on their first work do so at once. */
export const defaultProbationMs = 5_000;

type Serving = NonNullable<NonNullable<Rollout['status']>['serving']>;

/** A release has just taken the traffic; what it replaced is still there, should all of its replicas end. */
export interface Probation {
  readonly previous: NonNullable<Serving['previous']>;
  readonly leftMs: number;
  /** The replaced replicas. Web ones go on running where they can; the others are paused, so that no work is done twice. */
  readonly kept: readonly Replica[];
}

export const probationOf = (
  { rollout, replicas }: Scene,
  now: number,
  lastsMs: number,
): Probation | undefined => {
  const { previous, since = '' } = rollout.status?.serving ?? {};
  if (!previous) return undefined;
  const leftMs = Date.parse(since) + lastsMs - now;
  // More than all of it is left once somebody has set the clock back: nobody knows, so it is over.
  if (!(leftMs > 0 && leftMs <= 2 * lastsMs)) return undefined;
  const kept = replicas.filter(
    ({ spec }) => spec.configuration === previous.configuration && spec.mode === 'service',
  );
  return { previous, leftMs, kept };
};

/** Web replicas that run and could answer at once. */
export const standbyAmong = (replicas: readonly Replica[]): Replica[] =>
  replicas.filter(replica => replica.spec.process === webProcess && ready(replica));

/** It has ended since then, though it may be back. */
const endedSince = (replica: Replica, since: string): boolean => {
  const { failure, restarts = 0, readyAt } = replica.status ?? {};
  if (!ready(replica)) return failure !== undefined;
  return restarts > 0 && readyAt !== undefined && Date.parse(readyAt) > Date.parse(since);
};

/** Why the traffic must go back: every replica of what serves has ended within its probation, and there is something to go back to. */
export const brokenInProbation = (
  { rollout, replicas }: Scene,
  { kept }: Probation,
): FailureReport | undefined => {
  const { configuration, since = '' } = rollout.status?.serving ?? {};
  const own = capacityOf(replicas, configuration);
  if (own.length === 0 || !own.every(replica => endedSince(replica, since))) return undefined;
  if (!kept.some(replica => ready(replica) || replica.spec.stop)) return undefined;
  const failure =
    own.find(replica => replica.status?.failure)?.status?.failure ??
    reportOf(new PlatformError('ProcessExited', 'its process ended and was started again'));
  return { ...failure, message: `it ended right after it had taken the traffic: ${failure.message}` };
};
