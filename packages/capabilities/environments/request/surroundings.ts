import type { Store } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  ServiceKind,
  TeamKind,
} from '@causeway/model';
import type { Offer } from '../../settings.ts';
import type { Surroundings } from './request-problems.ts';

/** Whether a request has had its environment, and asks for no other. */
export const isOver = ({ status }: EnvironmentRequest): boolean =>
  status?.gone !== undefined && status.recreateAfter !== status.gone.at;

/** Environments of a team that are going, or whose request is. */
const goingIn = (
  store: Pick<Store, 'peekAll'>,
  team: string,
  environments: readonly Environment[],
): readonly string[] => {
  const withdrawn = new Set(
    store
      .peekAll(EnvironmentRequestKind, team, one => one.metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name),
  );
  return environments
    .filter(
      ({ metadata, spec }) =>
        metadata.deletionTimestamp !== undefined ||
        (spec.type === 'requested' && withdrawn.has(metadata.name)),
    )
    .map(({ metadata }) => metadata.name);
};

/** What a request of a team is looked at against, as the cache has it now. */
export const surroundingsOf = (store: Store, team: string, offer: Offer): Surroundings => {
  const environments = store.peekAll(EnvironmentKind, team);
  const there = new Set(environments.map(({ metadata }) => metadata.name));
  return {
    offer,
    teams: store.peekAll(TeamKind).map(({ metadata }) => metadata.name),
    services: store
      .peekAll(ServiceKind, team, ({ metadata }) => !metadata.deletionTimestamp)
      .map(({ metadata }) => metadata.name)
      .sort(),
    environments,
    going: goingIn(store, team, environments),
    waiting: store
      .peekAll(
        EnvironmentRequestKind,
        team,
        one => !isOver(one) && !one.metadata.deletionTimestamp && !there.has(one.metadata.name),
      )
      .map(({ metadata }) => metadata.name),
    quota: store.peek(TeamKind, { namespace: '', name: team })?.spec.quota?.environments,
  };
};
