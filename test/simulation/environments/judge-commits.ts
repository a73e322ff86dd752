import type { AuditRecord, Batch, StoredChange } from '@causeway/engine';
import {
  type Build,
  BuildKind,
  durationMs,
  type Environment,
  EnvironmentKind,
  type KindDefinition,
  type KindObject,
  kindId,
  ReplicaKind,
  type Rollout,
  RolloutKind,
  RouteKind,
} from '@causeway/model';
import { environmentLabel } from '../../../packages/capabilities/owned-by.ts';
import type { DatabaseServer } from '../database/database-server.ts';
import { endOf, type Promises } from './promises.ts';

type Complain = (problem: string) => void;

/** What clocks may be apart while an answer of the database is under way on a slow way, milliseconds. */
const apartMs = 1000;

/** After which every server has heard that the clock was set, though the database may not answer for a while. */
const noticedMs = 5000;

export interface CommitParts {
  readonly database: DatabaseServer;
  readonly promises: Promises;
  /** Simulated milliseconds: the time that nobody can set. */
  readonly time: () => number;
  readonly complain: Complain;
  readonly trace: (line: () => string) => void;
}

interface Life {
  /** When it was made, in the time that nobody can set. */
  readonly madeAt: number;
  environment: Environment;
}

const environmentKind = kindId(EnvironmentKind);

/** Everything of one kind that is committed now. */
export const committed = <T extends KindObject<unknown, unknown>>(
  { truth }: DatabaseServer,
  kind: KindDefinition,
): T[] =>
  [...truth.objects.values()]
    .filter(stored => stored.kind === kindId(kind))
    .map(({ data }) => JSON.parse(data) as T);

/** What of an environment there is beside itself. */
export const remainsOf = (database: DatabaseServer, name: string): string[] => [
  ...[RolloutKind, ReplicaKind, RouteKind].flatMap(kind =>
    committed<Rollout>(database, kind)
      .filter(({ spec }) => spec.environment === name)
      .map(({ metadata }) => `${kind.kind} ${metadata.name}`),
  ),
  ...committed<Build>(database, BuildKind)
    .filter(({ metadata }) => metadata.labels?.[environmentLabel] === name)
    .map(({ metadata }) => `Build ${metadata.name}`),
];

/** `MODIFIED environments/one, Ready, True` */
const describe = ({ type, kind, name, data, revision }: StoredChange): string => {
  const { metadata, status } = JSON.parse(data) as Environment;
  const said = [metadata.deletionTimestamp && 'deleted', status?.phase].filter(one => one !== undefined);
  return `${revision}: ${[`${type} ${kind.split('.')[0]}/${name}`, ...said].join(', ')}`;
};

/** Holds each commit against what must never be, at the moment in which it becomes visible. */
export const judgeCommits = ({ database, promises, time, complain, trace }: CommitParts) => {
  const lives = new Map<string, Life>();
  /** How many environments each request has had. */
  const made = new Map<string, number>();
  /** Rollouts that have served, by uid. */
  const served = new Set<string>();
  let clockWasSet = false;

  const expired = (life: Life): void => {
    const { metadata, spec } = life.environment;
    const end = endOf(spec);
    const early = end - database.latest(noticedMs);
    if (early > 0) complain(`[ENV4] ${metadata.name} expired ${early} ms before its time was over`);
    const lasts = durationMs(spec.lifetime ?? '0s') + durationMs(spec.extension ?? '0s');
    const lasted = time() - life.madeAt;
    if (!clockWasSet && lasted < lasts - apartMs)
      complain(`[ENV4] ${metadata.name} was there for ${lasted} ms, not for ${lasts}`);
  };

  const added = (environment: Environment): void => {
    const { uid, name, ownerReferences = [] } = environment.metadata;
    lives.set(uid, { madeAt: time(), environment });
    const request = ownerReferences[0]?.uid ?? '';
    const count = (made.get(request) ?? 0) + 1;
    made.set(request, count);
    if (count > 1 + promises.timesAskedAgain(name))
      complain(`[ENV4] ${name} came back though nobody asked for it again`);
  };

  const modified = (environment: Environment): void => {
    const life = lives.get(environment.metadata.uid);
    if (!life) return;
    const { name } = environment.metadata;
    if (endOf(environment.spec) < endOf(life.environment.spec))
      complain(`[ENV5] ${name} ends sooner than it did`);
    const ready = ({ status }: Environment) => status?.readyAfterMs !== undefined;
    if (ready(environment) && !ready(life.environment))
      for (const { name: service } of environment.spec.services ?? [])
        if (
          !served.has(`${environment.metadata.uid}/${service}`) &&
          environment.status?.progress?.some(one => one.name === service)
        )
          complain(`${name} says that it is ready, and ${service} never served`);
    life.environment = environment;
  };

  const gone = (environment: Environment): void => {
    lives.delete(environment.metadata.uid);
    const left = remainsOf(database, environment.metadata.name);
    if (left.length > 0) complain(`[ENV3] ${environment.metadata.name} is gone before ${left.join(', ')}`);
  };

  const judgeEnvironment = ({ type, data, revision }: StoredChange, { audits }: Batch): void => {
    const environment = JSON.parse(data) as Environment;
    if (environment.spec.type === 'standing') return;
    if (type === 'ADDED') {
      added(environment);
      return;
    }
    const record = audits
      .map(one => JSON.parse(one.record) as AuditRecord)
      .find(one => Number(one.resourceVersion) === revision);
    const life = lives.get(environment.metadata.uid);
    if (record?.verb === 'delete' && record.actor.from === 'controller/environment' && life) expired(life);
    if (type === 'DELETED') gone(environment);
    else modified(environment);
  };

  database.onWrite = batch => {
    for (const change of batch.changes) {
      trace(() => describe(change));
      if (change.kind === environmentKind) judgeEnvironment(change, batch);
      if (change.kind === kindId(RolloutKind) && change.type === 'MODIFIED') {
        const { metadata, spec, status } = JSON.parse(change.data) as Rollout;
        if (status?.serving) served.add(`${metadata.ownerReferences?.[0]?.uid}/${spec.service}`);
      }
    }
  };
  return {
    /** From now on only the database’s clock says how long something was there. */
    clockIsSet(): void {
      clockWasSet = true;
    },
  };
};
