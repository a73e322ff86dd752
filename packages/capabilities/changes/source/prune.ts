import { type AppliedDocument, type KindObject, keyOf } from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { Capabilities } from '../../settings.ts';
import { wordsOfError } from '../plan/plan-files.ts';
import { ownAnnotations, sourceAnnotation } from './annotations.ts';
import { type Application, isRefusal } from './apply-document.ts';
import { automationFor } from './automation.ts';
import { type Claim, sourceBeside } from './claims.ts';

/** The object as nobody’s: what was noted of the files is taken off. */
const released = <O extends KindObject>(object: O): O => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: Object.fromEntries(
      Object.entries(object.metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.includes(key)),
    ),
  },
});

/** The object as that of another source: what was noted of the files is still what they said. */
const handedTo =
  (source: string) =>
  <O extends KindObject>(object: O): O => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [sourceAnnotation]: source },
    },
  });

/**
 * Deletes what the files made and no longer say; what was there before them is let go, and what the files of another source say is
 * handed over to that. Returns why it cannot be, if so.
 */
export const prune = async (
  { engine, guarded }: Pick<Capabilities, 'engine' | 'guarded'>,
  { source, by, tell, before }: Application,
  { kind, object, path, adopted }: Claim,
): Promise<AppliedDocument | undefined> => {
  const { name, uid } = object.metadata;
  const id = `${kind.kind}/${name}`;
  const next = sourceBeside(engine.store, source, kind, name);
  try {
    // A note on an object may be anybody's; what was applied before is what the platform itself wrote down.
    if (adopted || !before.has(id)) {
      await engine.store.mutate(
        kind,
        keyOf(object),
        current => released(current as unknown as KindObject),
        controllerActor('source', by),
      );
      tell(
        'Normal',
        'Released',
        adopted
          ? `${id} stays: it was there before ${path}, which no longer says it.`
          : `${id} stays: no file has ever said it.`,
      );
    } else if (next !== undefined) {
      await engine.store.mutate(
        kind,
        keyOf(object),
        current => handedTo(next)(current as unknown as KindObject),
        controllerActor('source', by),
      );
      tell(
        'Normal',
        'HandedOver',
        `${id} goes on by the files of the source ${next}: ${path} no longer says it.`,
      );
    } else {
      await guarded.delete(kind, keyOf(object), automationFor(by), { uid });
      tell('Normal', 'Deleted', `${id} is deleted: ${path} no longer says it.`);
    }
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      kind: kind.kind,
      name,
      path,
      state: 'Refused',
      message: `No file says it any more, and it cannot be deleted: ${wordsOfError(error)}`,
    };
  }
};
