import type { KindObject } from '@causeway/model';

/** What becomes of objects that belong to one that is deleted (Kubernetes, "Cascading deletion"). */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Holds an object until all that block its deletion are gone. */
export const foregroundFinalizer = 'foregroundDeletion';
/** Holds an object until none belongs to it any more. */
export const orphanFinalizer = 'orphan';

/** The finalizers an object has once it is deleted so; when nothing is said, as it has them. */
export const finalizersFor = (
  finalizers: readonly string[],
  propagation: Propagation | undefined,
): readonly string[] => {
  if (!propagation) return finalizers;
  const others = finalizers.filter(one => one !== foregroundFinalizer && one !== orphanFinalizer);
  if (propagation === 'Foreground') return [...others, foregroundFinalizer];
  return propagation === 'Orphan' ? [...others, orphanFinalizer] : others;
};

/** What has yet to be done for those that belong to an object, before it may go. */
export const pendingPropagation = ({ metadata }: KindObject): 'Foreground' | 'Orphan' | undefined => {
  if (!metadata.deletionTimestamp) return undefined;
  if (metadata.finalizers?.includes(orphanFinalizer)) return 'Orphan';
  return metadata.finalizers?.includes(foregroundFinalizer) ? 'Foreground' : undefined;
};
