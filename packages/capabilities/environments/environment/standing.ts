import type { Store } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  keyOf,
  RolloutKind,
  RouteKind,
  withCondition,
} from '@causeway/model';
import { urlOf } from '../../delivery/host-names.ts';
import { controllerActor } from '../../platform-actor.ts';
import type { Addresses, Capabilities } from '../../settings.ts';

/** How releases get in. Gates that pushes pass by are hardly what somebody meant. */
const wayIn = ({ spec: { deploys, gates = [] } }: Environment): string => {
  if (deploys === 'promotion') return 'Releases come here by promotion.';
  return gates.length === 0
    ? 'Each push is released here.'
    : 'Each push is released here: its gates count for promotions alone, until spec.deploys is promotion.';
};

/** Where its services answer, by name. */
const urlsIn = (
  store: Pick<Store, 'peekAll'>,
  { metadata: { name, namespace } }: Environment,
  addresses: Addresses,
): Record<string, string> =>
  Object.fromEntries(
    store
      .peekAll(
        RouteKind,
        namespace,
        ({ spec, metadata }) => spec.environment === name && !spec.starting && !metadata.deletionTimestamp,
      )
      .flatMap(({ spec: { service, hostnames } }) =>
        hostnames[0] === undefined ? [] : [[service, urlOf(hostnames[0], addresses)] as const],
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** A standing environment says how many services run in it, and where they answer; it is ready as soon as its team has a namespace, which it lies in. */
export const reportStanding = async (
  { engine: { store, clock }, addresses }: Pick<Capabilities, 'engine' | 'addresses'>,
  environment: Environment,
): Promise<undefined> => {
  const { name, namespace, generation } = environment.metadata;
  const services = store.peekAll(
    RolloutKind,
    namespace,
    ({ metadata, spec, status }) =>
      spec.environment === name && status?.serving !== undefined && !metadata.deletionTimestamp,
  ).length;
  const urls = urlsIn(store, environment, addresses);
  await store.mutate(
    EnvironmentKind,
    keyOf(environment),
    current => ({
      ...current,
      status: {
        ...current.status,
        phase: 'Standing',
        services,
        urls,
        conditions: withCondition(
          current.status?.conditions,
          {
            type: 'Ready',
            status: 'True',
            reason: 'Standing',
            message: wayIn(environment),
            observedGeneration: generation,
          },
          new Date(clock.now()).toISOString(),
        ),
      },
    }),
    controllerActor('environment'),
    { subresource: 'status' },
  );
  return undefined;
};
