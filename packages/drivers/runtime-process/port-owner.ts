import { hold, listenersOn } from './listening-ports.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { descendantsOf, processesOf } from './process-tree.ts';

export interface PortClaim {
  readonly id: string;
  readonly port: number;
  readonly shim: ProcessIdentity | undefined;
  /** The user that only workloads of its team run as; `undefined`: the platform's own. */
  readonly uid: number | undefined;
}

/**
 * Whether somebody else listens on the port of a workload: two platforms on one machine can find the same port free at the
 * same time, and the faster program would answer for the slower one. By user where that is enough, for the kernel tells
 * it of every socket; else by the sockets that its processes hold. `undefined` when this look does not tell.
 */
export const isForeign = ({ id, port, shim, uid }: PortClaim): boolean | undefined => {
  const listeners = listenersOn(port);
  // Somebody answered, but the kernel's list is read piece by piece: where others end meanwhile, one is passed over.
  if (listeners.length === 0) return undefined;
  if (uid !== undefined) return listeners.every(listener => listener.uid !== uid);
  if (shim && hold(descendantsOf(shim), listeners)) return false;
  const isOwn = hold(processesOf({ id, shim }), listeners);
  return isOwn === undefined ? undefined : !isOwn;
};
