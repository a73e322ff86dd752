import type { Resources, Service } from '@causeway/model';
import type { RateCard } from '../../settings.ts';
import { monthlyOf } from './rates.ts';

/** What may differ from what the service says, in one environment. */
export interface CostSettings {
  readonly replicas?: number | undefined;
  readonly resources?: Resources | undefined;
}

const web = 'web';

/**
 * How many copies of all its processes run. `processes` are those that its newest release starts, as far as one is known; those that
 * the settings do not speak of run once.
 */
const copiesOf = (
  { spec }: Pick<Service, 'spec'>,
  replicas: number,
  processes: readonly string[],
): number => {
  const said = new Map((spec.processes ?? []).map(({ name, replicas: copies }) => [name, copies]));
  const beside = new Set([...said.keys(), ...processes].filter(name => name !== web && name !== 'release'));
  const others = [...beside].reduce((sum, name) => sum + (said.get(name) ?? 1), 0);
  const hasWeb = processes.length === 0 || processes.includes(web);
  return (hasWeb ? replicas : 0) + others;
};

/** What a service costs a month in one environment: all copies of all its processes, with the most that each may use. */
export const serviceCost = (
  service: Pick<Service, 'spec'>,
  rates: RateCard,
  processes: readonly string[] = [],
  settings: CostSettings = {},
): number =>
  monthlyOf(
    copiesOf(service, settings.replicas ?? service.spec.replicas, processes),
    settings.resources ?? service.spec.resources,
    rates,
  );
