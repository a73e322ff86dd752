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

/** Variables of a service where it runs: what the rollout says wins over the service’s for the environment, that over the one for all. */
const variablesFor = (
  service: Service,
  { spec: { environment, settings } }: Rollout,
): Record<string, string> => {
  const chosen = new Map<string, string>();
  for (const { name, value, environment: only } of service.spec.variables)
    if (only === undefined) chosen.set(name, value);
  for (const { name, value, environment: only } of service.spec.variables)
    if (only === environment) chosen.set(name, value);
  for (const [name, value] of Object.entries(settings?.variables ?? {})) chosen.set(name, value);
  return Object.fromEntries([...chosen].sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** By which replicas reach the services beside theirs. */
export interface ServiceUrls {
  /** `PAYMENTS_API_URL` → `http://127.80.1.2:7080` */
  readonly variables: Record<string, string>;
  /** What of it makes another configuration when it changes; empty where nothing does. */
  readonly digested: readonly object[];
}

/** All that the replicas of a rollout are made from; when it changes, new ones take over. */
export interface Configuration {
  readonly digest: string;
  readonly release: Release;
  readonly variables: Record<string, string>;
  readonly resources: Replica['spec']['resources'];
}

export const configurationOf = (
  service: Service,
  rollout: Rollout,
  release: Release,
  urls: ServiceUrls,
): Configuration => {
  const variables = {
    ...variablesFor(service, rollout),
    CAUSEWAY_SERVICE: rollout.spec.service,
    CAUSEWAY_ENVIRONMENT: rollout.spec.environment,
    CAUSEWAY_RELEASE: release.metadata.name,
    CAUSEWAY_COMMIT: release.spec.commit,
  };
  const { http } = service.spec;
  const resources = { ...service.spec.resources, ...rollout.spec.settings?.resources };
  const parts = [
    release.metadata.uid,
    release.spec.artifact.digest,
    rollout.spec.attempt,
    variables,
    http,
    resources,
    ...urls.digested,
  ];
  return {
    digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10),
    release,
    variables: { ...urls.variables, ...variables },
    resources,
  };
};

/** How many replicas each process has. What the rollout says is about web, or about what there is instead of it. */
export const processCounts = (
  service: Service,
  { spec: { settings } }: Rollout,
  release: Release,
): Map<string, number> => {
  const declared = new Map(service.spec.processes?.map(one => [one.name, one.replicas]));
  const processes = Object.keys(release.spec.artifact.processes);
  const own = (process: string): number =>
    process === webProcess ? service.spec.replicas : (declared.get(process) ?? 1);
  const meant = processes.length === 1 ? processes[0] : webProcess;
  return new Map(
    processes.map(process => [process, (process === meant ? settings?.replicas : undefined) ?? own(process)]),
  );
};

const replica = (
  rollout: Rollout,
  { digest, release, variables, resources }: Configuration,
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
    resources,
    ...specifics,
  },
});

/** The replicas that run a configuration’s processes. */
export const serviceReplicas = (
  service: Service,
  rollout: Rollout,
  configuration: Configuration,
): NewObject[] =>
  [...processCounts(service, rollout, configuration.release)].flatMap(([process, count]) =>
    Array.from({ length: count }, (_, index) =>
      replica(rollout, configuration, process, index, {
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
    : replica(rollout, configuration, releaseProcess, 0, {
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
  return replica(rollout, { ...configuration, variables }, smokeProcess, 0, {
    mode: 'once',
    command: smoke.command,
    timeout: `${Math.max(1, Math.ceil(durationMs(smoke.timeout) / 1000))}s`,
  });
};
