import {
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyOf,
  type OwnerReference,
} from '@causeway/model';
import { foregroundFinalizer, orphanFinalizer, pendingPropagation } from '../store/propagation.ts';
import type { Actor, Store } from '../store/store.ts';

/** An object and its kind. */
export interface Known {
  readonly kind: KindDefinition;
  readonly object: KindObject;
}

export interface PropagationParts {
  readonly store: Store;
  readonly actor: Actor;
  readonly dependents: (uid: string) => readonly Known[];
  /** Whether an owner is there and is to stay, so that what belongs to it stays, too. */
  readonly stays: (dependent: KindObject, owner: OwnerReference) => boolean;
}

/** Somebody else was faster: the next look at the owner shows it. */
const unlessMoved = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'Conflict')) throw error;
  }
};

const changeMetadata = (
  { store, actor }: PropagationParts,
  { kind, object }: Known,
  change: (metadata: KindObject['metadata']) => Partial<KindObject['metadata']>,
): Promise<void> =>
  unlessMoved(
    store.mutate(
      kind,
      keyOf(object),
      current => ({ ...current, metadata: { ...current.metadata, ...change(current.metadata) } }),
      actor,
    ),
  );

const withoutOwner = (parts: PropagationParts, dependent: Known, uid: string): Promise<void> =>
  changeMetadata(parts, dependent, ({ ownerReferences = [] }) => ({
    ownerReferences: ownerReferences.filter(owner => owner.uid !== uid),
  }));

const withoutFinalizer = (parts: PropagationParts, owner: Known, finalizer: string): Promise<void> =>
  changeMetadata(parts, owner, ({ finalizers = [] }) => ({
    finalizers: finalizers.filter(one => one !== finalizer),
  }));

/**
 * Does for an object that is being deleted what its deletion asked for. Orphan: those that belong to it are cut loose. Foreground:
 * those that block it (`blockOwnerDeletion`) go first, each with its own; the others follow when it is gone. Then it may go.
 * To be called again when one of those has changed.
 */
export const propagateDeletion = async (parts: PropagationParts, owner: Known): Promise<void> => {
  const { uid } = owner.object.metadata;
  const dependents = parts.dependents(uid);
  if (pendingPropagation(owner.object) === 'Orphan') {
    await Promise.all(dependents.map(dependent => withoutOwner(parts, dependent, uid)));
    return withoutFinalizer(parts, owner, orphanFinalizer);
  }
  const blocking = dependents.filter(({ object }) =>
    object.metadata.ownerReferences?.some(one => one.uid === uid && one.blockOwnerDeletion),
  );
  if (blocking.length === 0) return withoutFinalizer(parts, owner, foregroundFinalizer);
  await Promise.all(
    blocking.map(dependent => {
      const { kind, object } = dependent;
      const others = object.metadata.ownerReferences?.filter(one => one.uid !== uid) ?? [];
      if (others.some(one => parts.stays(object, one))) return withoutOwner(parts, dependent, uid);
      if (object.metadata.deletionTimestamp) return undefined;
      const hasOwn = parts.dependents(object.metadata.uid).length > 0;
      const options = { uid: object.metadata.uid, ...(hasOwn ? { propagation: 'Foreground' as const } : {}) };
      return unlessMoved(parts.store.delete(kind, keyOf(object), parts.actor, options));
    }),
  );
};
