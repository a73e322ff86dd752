import type { Store } from '@causeway/engine';
import {
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  type KindDefinition,
  type KindObject,
  kindId,
  ReleaseKind,
  type Service,
  ServiceKind,
} from '@causeway/model';
import type { Offer, RateCard } from '../../settings.ts';
import { environmentCost, type KnownService } from './environment-cost.ts';
import { serviceCost } from './service-cost.ts';

export interface CostParts {
  /** What there is, or would be. */
  readonly store: Pick<Store, 'peek' | 'peekAll'>;
  readonly team: string;
  readonly rates: RateCard;
  readonly offer: Pick<Offer, 'lifetime'>;
}

export interface TeamCosts {
  /** What one object costs in a month; 0 for kinds that run nothing. */
  of(kind: KindDefinition, object: KindObject): number;
  /** What all that the team has costs in a month. */
  total(): number;
}

/** Estimates for one team; what they are made from is looked up once. */
export const teamCosts = ({ store, team, rates, offer }: CostParts): TeamCosts => {
  const found = new Map<string, KnownService | undefined>();
  const find = (name: string): KnownService | undefined => {
    if (!found.has(name)) found.set(name, knownService(store, team, name));
    return found.get(name);
  };
  const service = (object: Service): number =>
    serviceCost(object, rates, find(object.metadata.name)?.processes ?? []);
  const environment = (object: EnvironmentRequest | Environment): number =>
    environmentCost(object.spec, rates, offer.lifetime, find);
  const request = (object: EnvironmentRequest): number => (object.status?.gone ? 0 : environment(object));
  return {
    of(kind, object) {
      if (kindId(kind) === kindId(ServiceKind)) return service(object as unknown as Service);
      if (kindId(kind) === kindId(EnvironmentRequestKind))
        return request(object as unknown as EnvironmentRequest);
      return 0;
    },
    total: () =>
      sum(store.peekAll(ServiceKind, team), service) +
      sum(store.peekAll(EnvironmentRequestKind, team), request) +
      sum(
        store.peekAll(EnvironmentKind, team, one => one.spec.type === 'preview'),
        environment,
      ),
  };
};

const sum = <T>(all: readonly T[], cost: (one: T) => number): number =>
  all.reduce((total, one) => total + cost(one), 0);

/** A service with what its newest release starts. */
const knownService = (store: CostParts['store'], team: string, name: string): KnownService | undefined => {
  const service = store.peek(ServiceKind, { namespace: team, name });
  if (!service) return undefined;
  const release = service.status?.release;
  const newest =
    release === undefined ? undefined : store.peek(ReleaseKind, { namespace: team, name: release });
  return { service, processes: Object.keys(newest?.spec.artifact.processes ?? {}) };
};
