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
 * it of every socket; else by the sockets that its processes hold. What cannot be known is taken for its own.
 */
export const isForeign = ({ id, port, shim, uid }: PortClaim): boolean => {
  const listeners = listenersOn(port);
  if (listeners.length === 0) return false;
  if (uid !== undefined) return listeners.every(listener => listener.uid !== uid);
  if (shim && hold(descendantsOf(shim), listeners)) return false;
  return hold(processesOf({ id, shim }), listeners) === false;
};
