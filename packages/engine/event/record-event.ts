import { createHash } from 'node:crypto';
import { EventKind, isPlatformError, type KindObject } from '@causeway/model';
import { type Clock, secondsText } from '../clock.ts';
import type { Actor, Store } from '../store/store.ts';

export type RecordEvent = (
  object: KindObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
) => void;

/** Writes events without making anyone wait; the same news again raises its count. News that cannot be written is dropped. */
export const createEventRecorder = (store: Store, clock: Clock, component: string): RecordEvent => {
  const actor: Actor = { user: 'system:server', from: component };
  return (object, type, reason, message) => {
    const { name, uid } = object.metadata;
    // Cluster-scoped objects of ours are teams and what is theirs: their news is told in the team's namespace.
    const namespace = object.metadata.namespace ?? name;
    const at = secondsText(clock.now());
    const digest = createHash('sha256')
      .update(`${uid}\n${type}\n${reason}\n${message}`)
      .digest('hex')
      .slice(0, 12);
    const key = { namespace, name: `${name}.${digest}` };
    const repeat = () =>
      store.mutate(
        EventKind,
        key,
        event => ({ ...event, count: (event as unknown as { count: number }).count + 1, lastTimestamp: at }),
        actor,
      );
    const create = () =>
      store.create(
        EventKind,
        {
          metadata: key,
          involvedObject: { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid },
          type,
          reason,
          message,
          count: 1,
          firstTimestamp: at,
          lastTimestamp: at,
          source: { component },
        } as never,
        actor,
      );
    const known = store.peek(EventKind, key) !== undefined;
    (known ? repeat() : create()).catch(error => {
      if (isPlatformError(error, 'AlreadyExists')) return repeat().catch(() => {});
    });
  };
};
