import { durationMs, type Environment } from '@causeway/model';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Before its end, how long before people are told. Each only counts where the lifetime is at least twice as long. */
const warnings = [
  { name: 'a day', beforeMs: day },
  { name: 'an hour', beforeMs: hour },
] as const;

export interface Lifetime {
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly over: boolean;
  /** Within the time before its end in which people are told. */
  readonly expiring: boolean;
  /** The warnings that are due, the latest last; each names the end it is about. */
  readonly due: readonly { readonly id: string; readonly name: string }[];
  /** When to look again; `undefined` once it is over. */
  readonly nextMs: number | undefined;
}

type Dates = Pick<Environment['spec'], 'startsAt' | 'lifetime' | 'extension'>;

/** When an environment ends, milliseconds since 1970; `undefined` for one that does not. */
export const endOf = ({ startsAt, lifetime, extension }: Dates): number | undefined =>
  startsAt === undefined || lifetime === undefined
    ? undefined
    : Date.parse(startsAt) + durationMs(lifetime) + (extension === undefined ? 0 : durationMs(extension));

/** Where an environment stands in its life, at `now`. `undefined` for one that does not end. */
export const lifetimeAt = (dates: Dates, now: number): Lifetime | undefined => {
  const endsAt = endOf(dates);
  if (endsAt === undefined) return undefined;
  const whole = endsAt - Date.parse(dates.startsAt ?? '');
  const given = warnings.filter(({ beforeMs }) => whole >= 2 * beforeMs);
  const due = given.filter(({ beforeMs }) => now >= endsAt - beforeMs);
  const moments = [...given.map(({ beforeMs }) => endsAt - beforeMs), endsAt].filter(at => at > now);
  const over = now >= endsAt;
  return {
    endsAt,
    over,
    expiring: due.length > 0 && !over,
    due: due.map(({ name }) => ({ id: `${new Date(endsAt).toISOString()} ${name}`, name })),
    nextMs: over ? undefined : Math.min(...moments) - now,
  };
};
