import type { Scheduler } from '../core/scheduler.ts';

/** How long everything may take once nothing goes wrong any more, simulated milliseconds: lifetimes of a minute end meanwhile. */
const patienceMs = 120_000;
const lookEveryMs = 200;
/** At rest nothing changes for so many looks. */
const quietLooks = 3;

export interface RestParts {
  readonly scheduler: Scheduler;
  /** What is not yet as it is to be. */
  readonly open: () => string | undefined;
  /** Grows with each change. */
  readonly changes: () => number;
  readonly problems: string[];
}

/** [ENG16] Waits until nothing is open and nothing changes any more. `false` when that never came, or something was wrong on the way. */
export const untilRest = async ({ scheduler, open, changes, problems }: RestParts): Promise<boolean> => {
  const latest = scheduler.time + patienceMs;
  for (let quiet = 0, last = -1; quiet < quietLooks; ) {
    await new Promise<void>(resolve => scheduler.after(lookEveryMs, () => resolve()));
    if (problems.length > 0) return false;
    const gap = open();
    if (scheduler.time > latest) {
      problems.push(`no rest ${patienceMs / 1000} s after the last fault: ${gap ?? 'something writes on'}`);
      return false;
    }
    quiet = gap === undefined && changes() === last ? quiet + 1 : 0;
    last = changes();
  }
  return true;
};
