import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';

/** How often the database is asked what time it is. */
const everyMs = 1000;

/** A clock that somebody set by as much is news: whoever waits for a time must look again. */
const jumpMs = 1000;

export interface SharedClock {
  readonly clock: Clock;
  stop(): void;
}

/**
 * The wall clock that all servers share: the database’s, carried on between looks at it by this server’s own clock that only
 * grows. Nobody’s wall clock but the database’s says when something is over. It never goes ahead of the database’s by more than
 * the two drift apart in a second, unless that is set back; `onJump` hears when it was set.
 */
export const shareClock = async (parts: {
  readonly database: Pick<Database, 'time'>;
  readonly clock: Clock;
  readonly onJump: () => void;
}): Promise<SharedClock> => {
  const { database, clock: own, onJump } = parts;
  let offset = Number.NaN;
  /** The offset that everybody has reckoned with since they looked last. */
  let told = Number.NaN;
  let stopped = false;
  let cancel = () => {};

  const look = async (): Promise<void> => {
    const asked = own.elapsed();
    const time = await database.time();
    // The database said so between the question and its answer.
    const [least, most] = [time - own.elapsed(), time - asked];
    if (!(offset >= least && offset <= most)) offset = least;
    if (Number.isNaN(told)) told = offset;
    if (Math.abs(offset - told) < jumpMs) return;
    told = offset;
    onJump();
  };
  const lookLater = (): void => {
    cancel = own.after(everyMs, () => {
      // While it does not answer nothing is written either.
      look()
        .catch(() => {})
        .finally(() => stopped || lookLater());
    });
  };

  await look();
  lookLater();
  return {
    clock: { ...own, now: () => Math.floor(offset + own.elapsed()) },
    stop() {
      stopped = true;
      cancel();
    },
  };
};
