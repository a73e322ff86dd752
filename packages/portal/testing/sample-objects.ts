import type {
  Build,
  ChangeRequest,
  Environment,
  EnvironmentRequest,
  Release,
  Replica,
  Rollout,
  Service,
  Team,
} from '@causeway/model';

/** One of the objects that the portal shows. */
export type Sample =
  | Service
  | Build
  | Release
  | Rollout
  | Replica
  | Team
  | Environment
  | EnvironmentRequest
  | ChangeRequest;

const apiVersion = 'causeway.dev/v1';

/** A time so many seconds before `now`, RFC 3339. */
export const before = (now: number, seconds: number): string => new Date(now - seconds * 1000).toISOString();

export const commitOf = (sequence: number): string =>
  (0x9e3779b9 * sequence).toString(16).slice(0, 8).padEnd(40, 'c0ffee');

export const metadata = (
  kind: string,
  name: string,
  namespace: string | undefined,
  creationTimestamp: string,
) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid: `${kind}-${namespace}-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp,
});

export const team = (name: string, at: string, spec: Partial<Team['spec']>, services: number): Team => ({
  apiVersion,
  kind: 'Team',
  metadata: metadata('Team', name, undefined, at),
  spec: { type: 'stream-aligned', members: [], ...spec },
  status: { services },
});

export const service = (
  namespace: string,
  name: string,
  at: string,
  status: NonNullable<Service['status']>,
  spec: Partial<Service['spec']> = {},
): Service => ({
  apiVersion,
  kind: 'Service',
  metadata: metadata('Service', name, namespace, at),
  spec: {
    template: 'http-service',
    lifecycle: 'production',
    branch: 'main',
    build: { test: { enabled: true, timeout: '10m' }, timeout: '15m' },
    http: { readiness: 'http', startTimeout: '60s', drainTimeout: '10s' },
    replicas: 1,
    resources: { cpu: '1', memory: '512Mi' },
    variables: [],
    keepReleases: 10,
    ...spec,
  },
  status: {
    url: `http://${name}.localhost:7080`,
    cloneUrl: `http://127.0.0.1:7070/git/${namespace}/${name}.git`,
    ...status,
  },
});

/** A push of a service, as its status tells it. */
export const push = (sequence: number, by: string, at: string) => ({
  push: { sequence, entry: sequence, commit: commitOf(sequence), by, at },
});

export const condition = (status: 'True' | 'False', reason: string, message: string, at: string) => ({
  conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: at }],
});

const artifact = {
  digest: 'ab'.repeat(32),
  builder: 'node',
  runtime: 'Node.js 26.10.0',
  processes: { web: 'node server.js' },
};

export const build = (
  namespace: string,
  name: string,
  sequence: number,
  by: string,
  at: string,
  status: NonNullable<Build['status']>,
): Build => ({
  apiVersion,
  kind: 'Build',
  metadata: metadata('Build', `${name}.${sequence}`, namespace, at),
  spec: {
    service: name,
    commit: commitOf(sequence),
    sequence,
    requestedBy: by,
    reason: 'push',
    settings: { test: { enabled: true, timeout: '10m' }, timeout: '15m' },
  },
  status,
});

type Step = NonNullable<NonNullable<Build['status']>['steps']>[number];

/** Steps one after the other from `start` (milliseconds), each with its seconds; the last one may have failed. */
export const steps = (
  start: number,
  seconds: Readonly<Partial<Record<Step['name'], number>>>,
  failed?: Step['name'],
): Step[] => {
  let at = start;
  return Object.entries(seconds).map(([name, length]) => {
    const startedAt = new Date(at).toISOString();
    at += length * 1000;
    const state = name === failed ? 'Failed' : length === 0 ? 'Skipped' : 'Succeeded';
    const message = length === 0 ? 'the lockfile is unchanged' : undefined;
    return {
      name: name as Step['name'],
      state,
      ...(message ? { message } : {}),
      startedAt,
      finishedAt: new Date(at).toISOString(),
    };
  });
};

export const succeeded = (
  start: number,
  seconds: Parameters<typeof steps>[1],
): NonNullable<Build['status']> => {
  const all = steps(start, seconds);
  return {
    phase: 'Succeeded',
    agent: 'local',
    steps: all,
    artifact,
    startedAt: new Date(start).toISOString(),
    finishedAt: all.at(-1)?.finishedAt ?? new Date(start).toISOString(),
  };
};

export const release = (
  namespace: string,
  name: string,
  sequence: number,
  by: string,
  at: string,
): Release => ({
  apiVersion,
  kind: 'Release',
  metadata: metadata('Release', `${name}.${sequence}`, namespace, at),
  spec: {
    service: name,
    commit: commitOf(sequence),
    build: `${name}.${sequence}`,
    sequence,
    reason: 'push',
    createdBy: by,
    artifact,
  },
});

export const rollout = (
  namespace: string,
  name: string,
  sequence: number,
  by: string,
  at: string,
  status: NonNullable<Rollout['status']>,
): Rollout => ({
  apiVersion,
  kind: 'Rollout',
  metadata: metadata('Rollout', `${name}.production`, namespace, at),
  spec: {
    service: name,
    environment: 'production',
    release: `${name}.${sequence}`,
    sequence,
    requestedBy: by,
    attempt: 1,
  },
  status,
});

export const serving = (name: string, sequence: number, since: string): NonNullable<Rollout['status']> => ({
  phase: 'Serving',
  serving: { release: `${name}.${sequence}`, configuration: 'c1', since },
  readyReplicas: 1,
  ...condition('True', 'Serving', `${name}.${sequence} serves.`, since),
});

export const replica = (
  namespace: string,
  name: string,
  sequence: number,
  process: string,
  at: string,
  status: NonNullable<Replica['status']>,
): Replica => ({
  apiVersion,
  kind: 'Replica',
  metadata: metadata('Replica', `${name}.production.${sequence}-c1-${process}-0`, namespace, at),
  spec: {
    service: name,
    environment: 'production',
    release: `${name}.${sequence}`,
    configuration: 'c1',
    process,
    index: 0,
    mode: 'service',
    command: 'node server.js',
    artifact,
    variables: {},
    resources: { cpu: '1', memory: '512Mi' },
    stop: false,
  },
  status,
});
