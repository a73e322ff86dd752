import {
  type Environment,
  EnvironmentKind,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  type EnvironmentService,
  findCondition,
  type Replica,
  ReplicaKind,
  type Rollout,
  RolloutKind,
  type Route,
  RouteKind,
} from '@causeway/model';
import type { DatabaseServer } from '../database/database-server.ts';
import { committed, remainsOf } from './judge-commits.ts';
import { services as offered, type ServiceName } from './place.ts';
import { endOf } from './promises.ts';

/** So near its end an environment is neither here nor there. */
const nearlyMs = 1500;
const idleMs = 30 * 60_000;

const webCount = (service: string, replicas: number | undefined): number => {
  const processes = Object.keys(offered[service as ServiceName].processes);
  // What is asked for is about web, or about what there is instead of it.
  return (replicas ?? 1) + processes.length - 1;
};

/** Whether it is to sleep: people said so, and no request has woken it since. */
const sleeps = ({ spec, status }: Environment, now: number): boolean => {
  if (!spec.sleep?.asleep) return false;
  const wokenAt = Date.parse(status?.sleep?.wokenAt ?? '');
  return !(wokenAt >= Date.parse(spec.sleep.at) && now < wokenAt + idleMs);
};

const gapOfService = (
  database: DatabaseServer,
  environment: Environment,
  { name, replicas }: EnvironmentService,
  asleep: boolean,
): string | undefined => {
  const place = environment.metadata.name;
  const rollout = committed<Rollout>(database, RolloutKind).find(
    ({ spec }) => spec.environment === place && spec.service === name,
  );
  const where = `${name} in ${place}`;
  if (!rollout) return `${where} has no rollout`;
  const own = committed<Replica>(database, ReplicaKind).filter(
    ({ spec }) => spec.environment === place && spec.service === name,
  );
  const route = committed<Route>(database, RouteKind).find(
    ({ spec }) => spec.environment === place && spec.service === name,
  );
  if (asleep) {
    if (rollout.status?.phase !== 'Asleep') return `${where} does not sleep: ${rollout.status?.phase}`;
    return own.some(({ status }) => status?.phase === 'Ready')
      ? `${where} sleeps, and something runs`
      : undefined;
  }
  if (rollout.status?.phase !== 'Serving')
    return `${where} does not serve: ${rollout.status?.phase}, ${findCondition(rollout.status?.conditions, 'Ready')?.message}`;
  const running = own.filter(({ status }) => status?.phase === 'Ready');
  const wanted = webCount(name, replicas);
  if (running.length !== wanted || own.length !== wanted)
    return `${where} has ${running.length} replicas that run, of ${own.length}; wanted are ${wanted}`;
  const listens = 'web' in offered[name as ServiceName].processes && replicas !== 0;
  if (listens && route?.spec.backends.length !== (replicas ?? 1))
    return `the route of ${where} leads to ${route?.spec.backends.length}`;
  if (route?.spec.starting) return `requests for ${where} wait for a start that is over`;
  return undefined;
};

/** An environment does what it tells, and its request tells the same. */
const gapOfEnvironment = (
  database: DatabaseServer,
  request: EnvironmentRequest,
  environment: Environment,
): string | undefined => {
  const { name, deletionTimestamp } = environment.metadata;
  if (deletionTimestamp) return `${name} is on its way out`;
  const { now } = database;
  const end = endOf(environment.spec);
  if (now >= end - nearlyMs) return `the time of ${name} is over`;
  const services = request.spec.services ?? [];
  const named = services.map(one => one.name).sort();
  const has = committed<Rollout>(database, RolloutKind)
    .filter(({ spec }) => spec.environment === name)
    .map(({ spec }) => spec.service)
    .sort();
  if (named.join() !== has.join()) return `${name} has rollouts of ${has.join()}, not of ${named.join()}`;
  const asleep = sleeps(environment, now);
  for (const service of services) {
    const gap = gapOfService(database, environment, service, asleep);
    if (gap) return gap;
  }
  for (const { kind, status } of [environment, request]) {
    const ready = findCondition(status?.conditions, 'Ready');
    const tells = [status?.phase, ready?.status, ready?.reason, ready?.message].join(', ');
    if (asleep ? status?.phase !== 'Asleep' : !['Ready', 'Expiring'].includes(status?.phase ?? ''))
      return `${kind} ${name} ${asleep ? 'sleeps' : 'is ready'}, and tells: ${tells}`;
    if ((ready?.status === 'True') === asleep) return `the condition of ${kind} ${name} is: ${tells}`;
    if (!asleep && findCondition(status?.conditions, 'Provisioned')?.status !== 'True')
      return `${kind} ${name} serves, and is not told as provisioned`;
    if (Date.parse(status?.expiresAt ?? '') !== end)
      return `${kind} ${name} ends at ${new Date(end).toISOString()}, and tells ${status?.expiresAt}`;
    const told = (status?.progress ?? []).map(one => `${one.name} ${one.step}`).sort();
    const due = named.map(service => `${service} ${asleep ? 'Asleep' : 'Serving'}`);
    if (told.join() !== due.join()) return `${kind} ${name} tells of ${told.join()}`;
  }
  return undefined;
};

/** What is not yet as it is to be once nothing goes wrong any more: each request that is not over is ready, all else is gone. */
export const goalGap = (database: DatabaseServer): string | undefined => {
  const requests = committed<EnvironmentRequest>(database, EnvironmentRequestKind);
  const environments = committed<Environment>(database, EnvironmentKind);
  for (const request of requests) {
    const { name, uid, deletionTimestamp } = request.metadata;
    if (deletionTimestamp) return `the request ${name} is on its way out`;
    const environment = environments.find(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid);
    if (environment) {
      const gap = gapOfEnvironment(database, request, environment);
      if (gap) return gap;
      continue;
    }
    if (request.status?.phase !== 'Gone' || !request.status.gone)
      return `the request ${name} has no environment, and is ${request.status?.phase}`;
    if (request.status.recreateAfter === request.status.gone.at) return `${name} was asked for again`;
  }
  const places = new Set(environments.map(({ metadata }) => metadata.name));
  for (const environment of environments)
    if (!requests.some(({ metadata }) => metadata.uid === environment.metadata.ownerReferences?.[0]?.uid))
      return `the environment ${environment.metadata.name} has no request`;
  const strays = [
    ...committed<Rollout>(database, RolloutKind),
    ...committed<Rollout>(database, ReplicaKind),
    ...committed<Rollout>(database, RouteKind),
  ].filter(({ spec }) => !places.has(spec.environment));
  if (strays[0]) return `${strays[0].kind} ${strays[0].metadata.name} is of no environment any more`;
  return undefined;
};

/** What is left when nothing should be. */
export const leftovers = (database: DatabaseServer): string | undefined => {
  const [environment] = committed<Environment>(database, EnvironmentKind);
  if (environment) return `the environment ${environment.metadata.name} is left`;
  for (const { metadata } of committed<EnvironmentRequest>(database, EnvironmentRequestKind)) {
    const [left] = remainsOf(database, metadata.name);
    if (left) return `${left} is left of ${metadata.name}`;
  }
  return goalGap(database);
};
