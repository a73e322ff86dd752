import type { Store } from '@causeway/engine';
import {
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
