import type { Store } from '@causeway/engine';
import { isPlatformError, keyOf, type Source, SourceKind } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';

/** Set to another value when somebody says that there is something new: then the source’s files are read at once. */
export const lookAnnotation = 'causeway.dev/look-at';

/** Has a source’s files looked at, whichever server does that. The same reason twice is one look. */
export const haveLookedAt = async (
  store: Pick<Store, 'mutate'>,
  source: Source,
  reason: string,
): Promise<void> => {
  await store
    .mutate(
      SourceKind,
      keyOf(source),
      current => ({
        ...current,
        metadata: {
          ...current.metadata,
          annotations: { ...current.metadata.annotations, [lookAnnotation]: reason.slice(0, 200) },
        },
      }),
      controllerActor('forge-changes'),
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
