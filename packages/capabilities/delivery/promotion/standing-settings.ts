import type { Environment, Rollout, Service } from '@causeway/model';
import { resourcesOf } from '../../environments/environment/rollout-settings.ts';

type Settings = NonNullable<Rollout['spec']['settings']>;

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/**
 * What is other in a standing environment than a service says. The environment’s variables win over the service’s for all
 * environments, those that the service has for this one win over them, and those of the environment for this service over all.
 */
export const standingSettings = ({ metadata, spec }: Environment, service: Service): Settings | undefined => {
  const here = spec.services?.find(({ name }) => name === service.metadata.name);
  const own = new Set(
    service.spec.variables.filter(({ environment }) => environment === metadata.name).map(({ name }) => name),
  );
  const chosen = new Map<string, string>();
  for (const { name, value } of spec.variables ?? []) if (!own.has(name)) chosen.set(name, value);
  for (const { name, value } of here?.variables ?? []) chosen.set(name, value);
  const resources = spec.size === undefined ? undefined : resourcesOf[spec.size];
  const settings: Settings = {
    ...(resources === undefined ? {} : { resources }),
    ...(here?.replicas === undefined ? {} : { replicas: here.replicas }),
    ...(chosen.size === 0 ? {} : { variables: Object.fromEntries([...chosen].sort(byName)) }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
};
