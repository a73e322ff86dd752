import type { RepositoryId } from '@causeway/contracts';
import type { Engine } from '@causeway/engine';
import { EnvironmentKind, keyOf, type ObjectKey } from '@causeway/model';

/** The environments in which a service runs from a branch: what a push to one of them concerns. */
export const environmentsFollowing = (
  { store }: Engine,
  { team, service }: RepositoryId,
  refs: readonly string[],
): ObjectKey[] =>
  store
    .peekAll(
      EnvironmentKind,
      team,
      ({ spec }) =>
        spec.services?.some(
          ({ name, branch }) =>
            name === service && branch !== undefined && refs.includes(`refs/heads/${branch}`),
        ) ?? false,
    )
    .map(keyOf);
