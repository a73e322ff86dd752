import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './identity.ts';

const LOOK_EVERY_MS = 20;
/** After SIGKILL only the kernel can be slow. */
const KILLED_WITHIN_MS = 5_000;

/** Asks a process to end, waits up to `graceMs`, then forces it. Resolves when it is gone; `false` when even that failed. */
export const stopProcess = async (identity: ProcessIdentity, graceMs: number): Promise<boolean> => {
  send(identity, 'SIGTERM');
  if (await endsWithin(identity, graceMs)) return true;
  send(identity, 'SIGKILL');
  return endsWithin(identity, KILLED_WITHIN_MS);
};

export const endsWithin = async (identity: ProcessIdentity, ms: number): Promise<boolean> => {
  const deadline = performance.now() + ms;
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
};

/** Never reaches another process that has got the pid since. */
export const send = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
