import type { Environment, EnvironmentService, Rollout, Service } from '@causeway/model';

type Settings = NonNullable<Rollout['spec']['settings']>;
type Size = NonNullable<Environment['spec']['size']>;

/** The most that each replica may use, by the size of its environment. */
export const resourcesOf: Record<Size, Settings['resources'] | undefined> = {
  small: { cpu: '500m', memory: '256Mi' },
  medium: { cpu: '1', memory: '512Mi' },
  large: { cpu: '2', memory: '2Gi' },
};

/** What is other in this environment than the service says. Values for one service win over those for all. */
export const settingsFor = (
  { metadata, spec }: Environment,
  service: Service,
  { replicas, variables: own = [] }: EnvironmentService,
): Settings => {
  const here = service.spec.variables.filter(({ environment }) => environment === metadata.name);
  const variables = Object.fromEntries(
    [...(spec.variables ?? []), ...here, ...own].map(({ name, value }) => [name, value]),
  );
  const resources = spec.size === undefined ? undefined : resourcesOf[spec.size];
  return {
    ...(replicas === undefined ? {} : { replicas }),
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
    ...(resources === undefined ? {} : { resources }),
  };
};
