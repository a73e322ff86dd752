import { type SleepSchedule, weekdays } from '@causeway/model';

const minute = 60_000;
const daysLookedAt = 9;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const formats = new Map<string, Intl.DateTimeFormat>();
const formatFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
};

interface LocalTime {
  readonly weekday: (typeof weekdays)[number];
  /** The wall clock’s reading as if it were UTC. */
  readonly reading: number;
}

const localTime = (at: number, timeZone: string): LocalTime => {
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const reading = Date.UTC(
    Number(parts.year),
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  );
  return { weekday: parts.weekday as LocalTime['weekday'], reading };
};

/** The moment at which the wall clock of a zone shows a reading; where clocks go forward over it, within an hour of that. */
const momentOf = (reading: number, timeZone: string): number => {
  let at = reading;
  for (let round = 0; round < 3; round += 1) at += reading - localTime(at, timeZone).reading;
  return at;
};

/** A moment at which a schedule sends an environment to sleep or wakes it. */
export interface ScheduleChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly asleep: boolean;
}

const changesAround = (schedule: SleepSchedule, now: number): ScheduleChange[] => {
  const { timeZone, days = weekdays } = schedule;
  const midnight = Math.floor(localTime(now, timeZone).reading / 86_400_000) * 86_400_000;
  const changes: ScheduleChange[] = [];
  for (let day = -daysLookedAt; day <= daysLookedAt; day += 1) {
    const start = midnight + day * 86_400_000;
    const weekday = weekdays[(new Date(start).getUTCDay() + 6) % 7];
    changes.push({ at: momentOf(start + minutesOf(schedule.sleepAt) * minute, timeZone), asleep: true });
    if (weekday !== undefined && days.includes(weekday))
      changes.push({ at: momentOf(start + minutesOf(schedule.wakeAt) * minute, timeZone), asleep: false });
  }
  return changes.sort((a, b) => a.at - b.at);
};

/** The schedule’s last change until `now`, and the next one that changes something. */
export const scheduleAt = (
  schedule: SleepSchedule,
  now: number,
): { readonly last: ScheduleChange; readonly next: ScheduleChange | undefined } => {
  const changes = changesAround(schedule, now);
  const past = changes.filter(({ at }) => at <= now);
  const last = past.at(-1) ?? { at: now, asleep: false };
  // Where it slept already, going to sleep again is no change.
  const begin = past.findLastIndex(({ asleep }) => asleep !== last.asleep);
  const since = past[begin + 1] ?? last;
  return { last: since, next: changes.find(({ at, asleep }) => at > now && asleep !== last.asleep) };
};
