import type { Environment } from '@causeway/model';
import { scheduleAt } from './sleep-schedule.ts';

/** Woken by a request, it sleeps again after so long without another. */
const idleMs = 30 * 60_000;

export interface Observed {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The newest request that waits for it to wake. */
  readonly waitingSince: number | undefined;
  readonly lastRequestAt: number | undefined;
}

export interface Sleep {
  readonly asleep: boolean;
  /** Milliseconds since 1970: when a request woke it, as long as that counts. */
  readonly wokenAt: number | undefined;
  /** Why, for people. */
  readonly why: string;
  /** In how many milliseconds that may change by itself. */
  readonly nextMs: number | undefined;
}

interface Wish {
  readonly asleep: boolean;
  readonly since: number;
  readonly until: number | undefined;
  readonly why: string;
}

/** What people and the schedule want: the latest of the two counts. */
const wishAt = ({ sleep, schedule }: Environment['spec'], now: number): Wish => {
  const said = sleep && { asleep: sleep.asleep, since: Date.parse(sleep.at) };
  if (!schedule)
    return {
      asleep: said?.asleep ?? false,
      since: said?.since ?? 0,
      until: undefined,
      why: said ? 'somebody sent it to sleep' : '',
    };
  const { last, next } = scheduleAt(schedule, now);
  const until = next?.at;
  if (said && said.since > last.at) return { ...said, until, why: 'somebody sent it to sleep' };
  return {
    asleep: last.asleep,
    since: last.at,
    until,
    why: `its schedule lets it sleep from ${schedule.sleepAt} to ${schedule.wakeAt}`,
  };
};

/** Whether an environment sleeps now. The first request wakes it, also out of the schedule’s night. */
export const sleepAt = (
  { spec, status }: Environment,
  { now, waitingSince, lastRequestAt }: Observed,
): Sleep => {
  const { asleep, since, until, why } = wishAt(spec, now);
  const untilNext = until === undefined ? undefined : until - now;
  if (!asleep) return { asleep: false, wokenAt: undefined, why: '', nextMs: untilNext };
  const before = status?.sleep?.wokenAt === undefined ? undefined : Date.parse(status.sleep.wokenAt);
  const wokenAt = Math.max(
    waitingSince !== undefined && waitingSince >= since ? waitingSince : 0,
    before !== undefined && before >= since ? before : 0,
  );
  if (wokenAt === 0) return { asleep: true, wokenAt: undefined, why, nextMs: untilNext };
  const idleAt = Math.max(wokenAt, lastRequestAt ?? 0) + idleMs;
  if (now >= idleAt) return { asleep: true, wokenAt: undefined, why, nextMs: untilNext };
  return {
    asleep: false,
    wokenAt,
    why: '',
    nextMs: Math.min(idleAt - now, untilNext ?? Number.POSITIVE_INFINITY),
  };
};
