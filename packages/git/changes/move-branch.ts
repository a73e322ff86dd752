import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import type { PreparedTip } from '../refs/prepare-tip.ts';
import { recordMovement } from '../refs/record-movement.ts';
import { removeStaleLock } from '../refs/stale-locks.ts';

/** How often it is tried while another process holds the branch’s lock. */
const attempts = 5;

/** Moves a branch to `tip` in one step, with the entry in its log that a push leaves; `false` when it is elsewhere by now. */
export const moveBranch = async (
  repository: string,
  ref: string,
  { from, to, by }: { from: string; to: string; by: string },
  tip: PreparedTip,
  now: () => Date,
): Promise<boolean> => {
  for (let attempt = 1; ; attempt += 1) {
    await removeStaleLock(repository, ref);
    const entry = { before: from, after: to, by, at: now(), message: 'merge' };
    const outcome = await recordMovement(repository, ref, from, entry, tip);
    if (outcome !== 'held') return outcome === 'recorded';
    if (attempt === attempts)
      throw new PlatformError('Unavailable', `${ref} is being moved by somebody else`, {
        evidence: [`${ref}.lock is there and no minute old`],
        next: 'Try again in a minute.',
      });
    await delay(attempt * 50);
  }
};
