import type { Engine } from '@causeway/engine';
import { type Build, BuildKind, type Environment, isPlatformError, keyOf } from '@causeway/model';
import { environmentLabel } from '../../owned-by.ts';
import { controllerActor } from '../../platform-actor.ts';

/** Lets builds go that were made for this environment alone; one under way ends. */
export const forgetBuilds = async (
  { store }: Engine,
  { metadata }: Environment,
  where: (build: Build) => boolean,
): Promise<void> => {
  const own = store.peekAll(
    BuildKind,
    metadata.namespace,
    build =>
      build.spec.reason === 'environment' &&
      build.metadata.labels?.[environmentLabel] === metadata.name &&
      where(build),
  );
  for (const build of own)
    await store.delete(BuildKind, keyOf(build), controllerActor('environment')).catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};
