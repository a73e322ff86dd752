import { createHash } from 'node:crypto';
import {
  durationMs,
  type NewObject,
  type Release,
  type Replica,
  type Rollout,
  type Service,
} from '@causeway/model';
import { environmentLabel, ownedBy, serviceLabel } from '../../owned-by.ts';
import { replicaName } from './replica-name.ts';

/** The process type that listens and gets traffic. */
export const webProcess = 'web';
export const releaseProcess = 'release';
export const smokeProcess = 'smoke';

/** Variables of a service in one environment: its own value wins over the one for all. */
export const variablesFor = (service: Service, environment: string): Record<string, string> => {
  const chosen = new Map<string, string>();
  for (const { name, value, environment: only } of service.spec.variables)
    if (only === undefined) chosen.set(name, value);
  for (const { name, value, environment: only } of service.spec.variables)
    if (only === environment) chosen.set(name, value);
  return Object.fromEntries([...chosen].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** All that the replicas of a rollout are made from; when it changes, new ones take over. */
export interface Configuration {
  readonly digest: string;
  readonly release: Release;
  readonly variables: Record<string, string>;
}

export const configurationOf = (service: Service, rollout: Rollout, release: Release): Configuration => {
  const variables = {
    ...variablesFor(service, rollout.spec.environment),
    CAUSEWAY_SERVICE: rollout.spec.service,
    CAUSEWAY_ENVIRONMENT: rollout.spec.environment,
    CAUSEWAY_RELEASE: release.metadata.name,
    CAUSEWAY_COMMIT: release.spec.commit,
  };
  const { http, resources } = service.spec;
  const parts = [
    release.metadata.uid,
    release.spec.artifact.digest,
    rollout.spec.attempt,
    variables,
    http,
    resources,
  ];
  return {
    digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10),
    release,
    variables,
  };
};

/** How many replicas each process has. */
export const processCounts = (service: Service, release: Release): Map<string, number> => {
  const declared = new Map(service.spec.processes?.map(one => [one.name, one.replicas]));
  return new Map(
    Object.keys(release.spec.artifact.processes).map(process => [
      process,
      process === webProcess ? service.spec.replicas : (declared.get(process) ?? 1),
    ]),
  );
};

const replica = (
  service: Service,
  rollout: Rollout,
  { digest, release, variables }: Configuration,
  process: string,
  index: number,
  specifics: Partial<Replica['spec']> & { command: string },
): NewObject => ({
  metadata: {
    name: replicaName(rollout.metadata.name, release.spec.sequence, digest, process, index),
    namespace: rollout.metadata.namespace ?? '',
    labels: { [serviceLabel]: rollout.spec.service, [environmentLabel]: rollout.spec.environment },
    ownerReferences: [ownedBy(rollout)],
  },
  spec: {
    service: rollout.spec.service,
    environment: rollout.spec.environment,
    release: release.metadata.name,
    configuration: digest,
    process,
    index,
    mode: 'service',
    artifact: release.spec.artifact,
    variables,
    resources: service.spec.resources,
    ...specifics,
  },
});

/** The replicas that run a configuration’s processes. */
export const serviceReplicas = (
  service: Service,
  rollout: Rollout,
  configuration: Configuration,
): NewObject[] =>
  [...processCounts(service, configuration.release)].flatMap(([process, count]) =>
    Array.from({ length: count }, (_, index) =>
      replica(service, rollout, configuration, process, index, {
        command: configuration.release.spec.artifact.processes[process] ?? '',
        ...(process === webProcess ? { http: service.spec.http } : {}),
      }),
    ),
  );

/** The one run of the release command, if there is one. */
export const releaseReplica = (
  service: Service,
  rollout: Rollout,
  configuration: Configuration,
): NewObject | undefined => {
  const command = configuration.release.spec.artifact.release;
  return command === undefined
    ? undefined
    : replica(service, rollout, configuration, releaseProcess, 0, {
        mode: 'once',
        command,
        timeout: service.spec.build.timeout,
      });
};

/** The one run of the smoke command against an address. */
export const smokeReplica = (
  service: Service,
  rollout: Rollout,
  configuration: Configuration,
  address: string,
): NewObject | undefined => {
  const { smoke } = service.spec;
  if (!smoke?.command) return undefined;
  const variables = {
    ...configuration.variables,
    URL: `http://${address}`,
    PORT: address.slice(address.lastIndexOf(':') + 1),
  };
  return replica(service, rollout, { ...configuration, variables }, smokeProcess, 0, {
    mode: 'once',
    command: smoke.command,
    timeout: `${Math.max(1, Math.ceil(durationMs(smoke.timeout) / 1000))}s`,
  });
};
