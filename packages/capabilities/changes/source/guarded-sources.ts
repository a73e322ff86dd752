import type { Actor, Store } from '@causeway/engine';
import { kindId, PlatformError, platformTeam, type Source, SourceKind } from '@causeway/model';
import { ownsOneOf } from '../../policy/exception/approvers.ts';

const sourceKind = kindId(SourceKind);
const createdBy = 'causeway.dev/created-by';

/** Whose files are applied. */
const filesOf = ({ spec }: Source): string =>
  JSON.stringify([spec.service, spec.url, spec.branch, spec.folder]);

/**
 * The store as people write to it: the files of a repository elsewhere are applied in the name of who named it, so nobody else
 * makes them other files, but an owner.
 */
export const withGuardedSources = (store: Store): Store => {
  const check = ({ metadata }: Source, { user, onBehalfOf }: Actor): void => {
    const person = onBehalfOf ?? user;
    const team = metadata.namespace ?? '';
    const by = metadata.annotations?.[createdBy];
    const may =
      person === by || person.startsWith('system:') || ownsOneOf(store, person, [team, platformTeam]);
    if (may) return;
    throw new PlatformError(
      'Forbidden',
      `the files of the source ${metadata.name} are applied in the name of ${by ?? 'the platform'}, so ${by ?? 'it'} or an owner of team ${team} says which`,
      { next: 'Make a source of your own for another repository, branch or folder.' },
    );
  };
  return {
    ...store,
    mutate: (kind, key, change, actor, options) =>
      kindId(kind) !== sourceKind || options?.subresource
        ? store.mutate(kind, key, change, actor, options)
        : store.mutate(
            kind,
            key,
            current => {
              const before = structuredClone(current) as unknown as Source;
              const next = change(current);
              if (filesOf(before) !== filesOf(next as unknown as Source)) check(before, actor);
              return next;
            },
            actor,
            options,
          ),
  };
};
