import { durationMs, type EnvironmentRequest, resourcesOfSize, type Service } from '@causeway/model';
import type { RateCard } from '../../settings.ts';
import { hoursInMonth } from './rates.ts';
import { serviceCost } from './service-cost.ts';

type Settings = Pick<EnvironmentRequest['spec'], 'services' | 'size' | 'lifetime'>;

/** A service of the team, and the processes that its newest release starts, as far as they are known. */
export interface KnownService {
  readonly service: Pick<Service, 'spec'>;
  readonly processes: readonly string[];
}

/** How much of a month an environment is there: one that ends sooner costs its share. */
export const shareOfMonth = (lifetime: string): number =>
  Math.min(1, durationMs(lifetime) / 3_600_000 / hoursInMonth);

/**
 * What an environment costs in a month: all copies of its services, for as long as it is there. What it is asleep is not known
 * beforehand and not taken off; a service that is not known costs nothing.
 */
export const environmentCost = (
  { services = [], size, lifetime }: Settings,
  rates: RateCard,
  defaultLifetime: string,
  find: (service: string) => KnownService | undefined,
): number => {
  const resources = size === undefined ? undefined : resourcesOfSize[size];
  const whole = services.reduce((sum, { name, replicas }) => {
    const known = find(name);
    return known ? sum + serviceCost(known.service, rates, known.processes, { replicas, resources }) : sum;
  }, 0);
  return whole * shareOfMonth(lifetime ?? defaultLifetime);
};
