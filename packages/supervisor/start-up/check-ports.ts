import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import type { PlatformState } from '../data/platform-state.ts';
import { isFree, ownerOf } from '../ports.ts';
import { isAlive } from '../processes/identity.ts';

/** The kernel needs a moment to take back what a killed process had. */
const RELEASED_WITHIN_MS = 5_000;
const ENDED_WITHIN_MS = 1_500;

/** Throws `PortInUse`, naming who has it, unless it is a process of this very platform that will be taken over. */
export const checkPorts = async (port: number, state: PlatformState | undefined): Promise<void> => {
  const ours = (name: string): boolean => {
    const identity = state?.processes.find(process => process.name === name)?.identity;
    return state?.port === port && identity !== undefined && isAlive(identity);
  };
  const wanted = [
    ...(ours('server') ? [] : [{ port, what: 'API, portal and git' }]),
    ...(ours('gateway')
      ? []
      : [
          { port: port + 10, what: 'the gateway' },
          { port: port + 11, what: 'its metrics' },
        ]),
  ];
  await checkFree(wanted);
};

/** Throws `PortInUse`, naming who has the port. */
export const checkFree = async (
  wanted: readonly { readonly port: number; readonly what: string }[],
): Promise<void> => {
  for (const { port: one, what } of wanted) {
    const owner = await takenBy(one);
    if (owner === undefined) continue;
    throw new PlatformError('PortInUse', `Port ${one} (${what}) is taken.`, {
      evidence: [`by ${owner}`],
    });
  }
};

/** Who has the port; `undefined` when it is free. A process just killed may have it, and even be seen, for a moment more. */
const takenBy = async (port: number): Promise<string | undefined> => {
  const since = performance.now();
  while (!(await isFree(port))) {
    const owner = ownerOf(port);
    const waitedMs = performance.now() - since;
    if (owner !== undefined && waitedMs > ENDED_WITHIN_MS) return owner;
    if (waitedMs > RELEASED_WITHIN_MS)
      return 'a process that is not ours to see, or listening there needs more rights';
    await sleep(50);
  }
  return undefined;
};
