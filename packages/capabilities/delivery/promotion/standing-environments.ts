import type { Store } from '@causeway/engine';
import { type Environment, EnvironmentKind, productionEnvironment } from '@causeway/model';

/** Production is the last, and what says nothing the first. */
const lastOrder = 1000;

/** The place of a standing environment: releases are promoted from lower to higher. */
export const orderOf = ({ metadata, spec }: Environment): number =>
  spec.order ?? (metadata.name === productionEnvironment ? lastOrder : 0);

/** Whether a service runs there: all of the team do, unless the environment names those that do. All are in production. */
export const runsIn = ({ metadata, spec }: Environment, service: string): boolean =>
  metadata.name === productionEnvironment ||
  spec.services === undefined ||
  spec.services.some(({ name }) => name === service);

/** The standing environments of a team in which a service runs, in the order in which releases are promoted. */
export const standingEnvironments = (
  store: Store,
  namespace: string,
  service: string,
): readonly Environment[] =>
  store
    .peekAll(
      EnvironmentKind,
      namespace,
      one => one.spec.type === 'standing' && !one.metadata.deletionTimestamp && runsIn(one, service),
    )
    .sort((a, b) => orderOf(a) - orderOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1));

/** Where each push to a service goes. Production has always taken pushes: it does though its object has not come yet. */
export const pushEnvironments = (store: Store, namespace: string, service: string): readonly string[] => {
  const named = standingEnvironments(store, namespace, service)
    .filter(({ spec }) => spec.deploys === 'push')
    .map(({ metadata }) => metadata.name);
  const production = store.peek(EnvironmentKind, { namespace, name: productionEnvironment });
  return production ? named : [...named, productionEnvironment];
};
