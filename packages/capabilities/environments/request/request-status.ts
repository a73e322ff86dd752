import type { Engine } from '@causeway/engine';
import {
  type Condition,
  type Environment,
  type EnvironmentRequest,
  EnvironmentRequestKind,
  keyOf,
  withCondition,
} from '@causeway/model';
import { controllerActor } from '../../platform-actor.ts';
import type { RequestProblem } from './request-problems.ts';

type Status = NonNullable<EnvironmentRequest['status']>;
type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const actor = controllerActor('environment-request');

const report = async (
  { store, clock }: Engine,
  request: EnvironmentRequest,
  change: (status: Status) => Status,
  ...said: readonly Said[]
): Promise<undefined> => {
  const now = new Date(clock.now()).toISOString();
  const { generation } = request.metadata;
  await store.mutate(
    EnvironmentRequestKind,
    keyOf(request),
    one => {
      const status = change({ ...one.status });
      const conditions = said.reduce<Condition[]>(
        (list, next) => withCondition(list, { ...next, observedGeneration: generation }, now),
        [...(status.conditions ?? [])],
      );
      return { ...one, status: { ...status, observedGeneration: generation, conditions } };
    },
    actor,
    { subresource: 'status' },
  );
  return undefined;
};

const checked: Said = {
  type: 'Checked',
  status: 'True',
  reason: 'Accepted',
  message: 'It can be made here.',
};
const notReady = (reason: string, message: string): Said => ({
  type: 'Ready',
  status: 'False',
  reason,
  message,
});

/** It cannot be made as it stands: one sentence each. */
export const reportRefused = (
  engine: Engine,
  request: EnvironmentRequest,
  problems: readonly RequestProblem[],
): Promise<undefined> => {
  const message = problems.map(one => `${one.message} ${one.next}`).join(' ');
  return report(
    engine,
    request,
    status => ({ ...status, phase: 'Refused' }),
    { type: 'Checked', status: 'False', reason: 'Refused', message },
    notReady('Refused', message),
  );
};

export const reportWaiting = (
  engine: Engine,
  request: EnvironmentRequest,
  message: string,
): Promise<undefined> =>
  report(engine, request, status => ({ ...status, phase: 'Provisioning' }), notReady('Waiting', message));

export const reportDeleting = (
  engine: Engine,
  request: EnvironmentRequest,
  environment: Environment,
): Promise<undefined> =>
  report(
    engine,
    request,
    status => ({ ...status, phase: 'Deleting', progress: environment.status?.progress ?? [] }),
    notReady('Deleting', 'What runs in it is being removed.'),
  );

/** Its environment was there and is no more. */
export const reportGone = (engine: Engine, request: EnvironmentRequest): Promise<undefined> => {
  const now = engine.clock.now();
  const { name, namespace } = request.metadata;
  const expiresAt = request.status?.expiresAt;
  const expired = expiresAt !== undefined && Date.parse(expiresAt) <= now;
  const message = `${expired ? 'Its time was over' : 'Somebody deleted it'}, and nothing of it is left. To have it again: platform env recreate ${name} --team ${namespace}`;
  return report(
    engine,
    request,
    ({
      environment: _environment,
      urls: _urls,
      progress: _progress,
      readyAfterMs: _ready,
      recreateAfter: _again,
      ...rest
    }) => ({
      ...rest,
      phase: 'Gone',
      gone: { at: new Date(now).toISOString(), reason: expired ? 'Expired' : 'Deleted' },
    }),
    notReady(expired ? 'Expired' : 'Deleted', message),
    { type: 'Expiring', status: 'False', reason: 'Gone', message: 'It is gone.' },
  );
};

/** The request shows what its environment tells. */
export const showEnvironment = (
  engine: Engine,
  request: EnvironmentRequest,
  { metadata, status: shown = {} }: Environment,
): Promise<undefined> => {
  const phase = shown.phase === undefined || shown.phase === 'Standing' ? 'Provisioning' : shown.phase;
  const { urls, expiresAt, readyAfterMs, progress, conditions = [] } = shown;
  return report(
    engine,
    request,
    ({ gone: _gone, recreateAfter: _again, readyAfterMs: _before, ...rest }) => ({
      ...rest,
      phase,
      environment: metadata.name,
      urls: urls ?? {},
      progress: progress ?? [],
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(readyAfterMs === undefined ? {} : { readyAfterMs }),
    }),
    checked,
    ...(conditions.length > 0 ? conditions : [notReady('Provisioning', 'It is about to be made.')]),
  );
};
