import { isDeepStrictEqual } from 'node:util';
import type { Actor, Store } from '@causeway/engine';
import { type Environment, EnvironmentKind, kindId, PlatformError, platformTeam } from '@causeway/model';
import { ownsOneOf } from '../../policy/exception/approvers.ts';

const environmentKind = kindId(EnvironmentKind);

/** What decides how a release gets into an environment. */
const wayIn = ({ type, gates, deploys, order }: Environment['spec']) => ({ type, gates, deploys, order });

const isGated = (environment: Environment | undefined): environment is Environment =>
  (environment?.spec.gates?.length ?? 0) > 0;

/** The store as people write to it: only an owner opens a way around the gates of an environment. */
export const withGuardedGates = (store: Store): Store => {
  const check = ({ metadata }: Environment, { user, onBehalfOf }: Actor): void => {
    const person = onBehalfOf ?? user;
    const team = metadata.namespace ?? '';
    if (person.startsWith('system:') || ownsOneOf(store, person, [team, platformTeam])) return;
    throw new PlatformError(
      'Forbidden',
      `the environment ${metadata.name} has gates, so how releases get in is changed by an owner of team ${team}`,
      { next: `Ask an owner to change gates, deploys and order of ${metadata.name}, or to delete it.` },
    );
  };
  return {
    ...store,
    mutate: (kind, key, change, actor, options) =>
      kindId(kind) !== environmentKind || options?.subresource
        ? store.mutate(kind, key, change, actor, options)
        : store.mutate(
            kind,
            key,
            current => {
              const before = structuredClone(current) as unknown as Environment;
              const next = change(current);
              const changed = !isDeepStrictEqual(
                wayIn(before.spec),
                wayIn((next as unknown as Environment).spec),
              );
              if (changed && isGated(before)) check(before, actor);
              return next;
            },
            actor,
            options,
          ),
    async delete(kind, key, actor, options) {
      const there = kindId(kind) === environmentKind ? store.peek(EnvironmentKind, key) : undefined;
      if (isGated(there)) check(there, actor);
      return store.delete(kind, key, actor, options);
    },
  };
};
