import type { Actor, Store, WriteOptions } from '@causeway/engine';
import { isPlatformError, type KindDefinition, type NewObject } from '@causeway/model';

/** Creates the object unless it is there. */
export const createOnce = async (
  store: Store,
  kind: KindDefinition,
  object: NewObject,
  actor: Actor,
  options?: WriteOptions,
): Promise<void> => {
  const { name, namespace = '' } = object.metadata;
  if (store.peek(kind, { namespace, name })) return;
  try {
    await store.create(kind, object, actor, options);
  } catch (error) {
    if (!isPlatformError(error, 'AlreadyExists')) throw error;
  }
};
