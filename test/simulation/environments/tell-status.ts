import { isPlatformError, type KindDefinition, keyOf, type ObjectOf } from '@causeway/model';
import { Unanswered } from '../network/call.ts';
import type { FollowParts } from './follow-kind.ts';

const againMs = 100;

/**
 * Writes a part of an object’s status until somebody has taken it, or the object is another. Who was not answered says it
 * again. `next` says what is true when it is sent; `undefined` is nothing any more.
 */
export const tellStatus = async <K extends KindDefinition>(
  parts: FollowParts,
  kind: K,
  object: ObjectOf<K>,
  user: string,
  next: () => object | undefined,
): Promise<void> => {
  const { network, pickServer, random, scheduler } = parts;
  const { uid } = object.metadata;
  for (;;) {
    const status = next();
    if (!status) return;
    try {
      await network.call(pickServer(), engine =>
        engine.store.mutate(
          kind,
          keyOf(object),
          one =>
            one.metadata.uid === uid
              ? { ...one, status: { ...(one.status as object | undefined), ...status } }
              : one,
          { user, from: 'simulation' },
          { subresource: 'status' },
        ),
      );
      return;
    } catch (error) {
      if (isPlatformError(error, 'NotFound')) return;
      if (!(error instanceof Unanswered) && !isPlatformError(error)) throw error;
      await new Promise<void>(resolve => scheduler.after(random.between(1, againMs), () => resolve()));
    }
  }
};
