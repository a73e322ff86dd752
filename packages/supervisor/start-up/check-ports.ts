import { PlatformError } from '@causeway/model';
import type { PlatformState } from '../data/platform-state.ts';
import { isFree, ownerOf } from '../ports.ts';
import { isAlive } from '../processes/identity.ts';

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
  for (const { port: one, what } of wanted) {
    if (await isFree(one)) continue;
    const owner = ownerOf(one);
    throw new PlatformError('PortInUse', `Port ${one} (${what}) is taken.`, {
      evidence: [
        owner === undefined ? 'by a process that is not ours to see, or it needs more rights' : `by ${owner}`,
      ],
    });
  }
};
