import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import { runGit } from '../program/run-git.ts';
import { identityVariables } from '../refs/identity.ts';
import { readRef } from '../refs/read-refs.ts';
import { removeStaleLock } from '../refs/stale-locks.ts';

/** How often it is tried while another process holds the branch’s lock. */
const attempts = 5;

/** Moves a reference in one step, with the entry in its log that a push leaves; `false` when it is elsewhere by now. */
export const moveBranch = async (
  repository: string,
  ref: string,
  { from, to, by }: { from: string; to: string; by: string },
): Promise<boolean> => {
  for (let attempt = 1; ; attempt += 1) {
    await removeStaleLock(repository, ref);
    const { status, stderr } = await runGit(['update-ref', '-m', 'merge', ref, to, from], {
      repository,
      variables: identityVariables(by),
    });
    if (status === 0) return true;
    if ((await readRef(repository, ref)) !== from) return false;
    if (attempt === attempts)
      throw new PlatformError('Unavailable', `git did not move ${ref}`, {
        evidence: stderr.trim().split('\n').slice(-10),
      });
    await delay(attempt * 50);
  }
};
