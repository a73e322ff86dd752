import { type ControllerDefinition, defineController, type Engine } from '@causeway/engine';
import {
  type Exception,
  ExceptionKind,
  isPlatformError,
  keyOf,
  type Policy,
  PolicyKind,
  withCondition,
} from '@causeway/model';
import { endOf, isDecided } from '@causeway/policy';
import { controllerActor } from '../../platform-actor.ts';
import { approversOf } from './approvers.ts';
import { withException } from './policy-evidence.ts';

const actor = controllerActor('exception');
const hour = 3_600_000;
const day = 24 * hour;
/** How long before the end its owners are told. */
const notices = [
  { before: 7 * day, words: 'in a week' },
  { before: day, words: 'in a day' },
  { before: hour, words: 'in an hour' },
] as const;

type Phase = NonNullable<NonNullable<Exception['status']>['phase']>;

interface Standing {
  readonly phase: Phase;
  readonly message: string;
  /** Milliseconds until that changes by itself. */
  readonly after?: number;
}

const standingOf = (
  engine: Engine,
  { metadata, spec }: Exception,
  policy: Policy | undefined,
  now: number,
): Standing => {
  if (!policy) return { phase: 'Refused', message: `There is no policy ${spec.policy}.` };
  const ends = endOf(spec, policy.spec.exceptions);
  if (now >= ends) return { phase: 'Expired', message: 'Its time is over: the policy holds again.' };
  const after = ends - now;
  if (!isDecided(spec)) {
    const teams = approversOf(engine.store, policy.spec, metadata.namespace ?? '');
    return { phase: 'Pending', message: `Waits for an owner of ${teams.join(' or ')} to decide.`, after };
  }
  const { by, approved = false, comment } = spec.decision ?? {};
  const said = comment ? `: ${comment}` : '.';
  return approved
    ? { phase: 'Approved', message: `${by} approved it${said}`, after }
    : { phase: 'Refused', message: `${by} refused it${said}` };
};

/** Keeps an exception’s phase true, ends it in time, tells its team before, and counts it as evidence on its policy. */
export const exceptionController = (engine: Engine): ControllerDefinition =>
  defineController({
    name: 'exception',
    kind: ExceptionKind,
    watches: [
      {
        kind: PolicyKind,
        keys: policy =>
          engine.store
            .peekAll(ExceptionKind, undefined, one => one.spec.policy === policy.metadata.name)
            .map(keyOf),
      },
    ],
    async reconcile(key) {
      const { store, clock } = engine;
      const exception = store.peek(ExceptionKind, key);
      if (!exception || exception.metadata.deletionTimestamp) return undefined;
      const policy = store.peek(PolicyKind, { namespace: '', name: exception.spec.policy });
      const now = clock.now();
      const standing = standingOf(engine, exception, policy, now);
      await setStatus(engine, exception, standing, now);
      if (policy && exception.spec.decision?.approved && isDecided(exception.spec))
        await count(engine, exception, policy);
      if (standing.after === undefined) return undefined;
      if (standing.phase === 'Approved') announceEnd(engine, exception, standing.after);
      return { after: nextLook(standing.after) };
    },
  });

const nextLook = (remaining: number): number => {
  const wakes = [0, ...notices.map(({ before }) => before)].map(before => remaining - before);
  // A timer takes at most 2³¹ ms.
  return Math.min(20 * day, ...wakes.filter(wake => wake > 0));
};

/** The same words are the same event, so they are told once, however often this is looked at. */
const announceEnd = (engine: Engine, exception: Exception, remaining: number): void => {
  const due = notices.findLast(({ before }) => remaining <= before);
  if (!due) return;
  const { policy, target } = exception.spec;
  engine.recordEvent(
    exception,
    'Warning',
    'ExpiresSoon',
    `ends ${due.words}: then ${target.kind}/${target.name} must keep ${policy}, or an exception be asked for anew.`,
  );
};

const setStatus = async (
  { store }: Engine,
  exception: Exception,
  { phase, message }: Standing,
  now: number,
): Promise<void> => {
  await store
    .mutate(
      ExceptionKind,
      keyOf(exception),
      current => ({
        ...current,
        status: {
          phase,
          conditions: withCondition(
            current.status?.conditions,
            {
              type: 'Approved',
              status: phase === 'Approved' ? 'True' : 'False',
              reason: phase,
              message,
              observedGeneration: exception.metadata.generation,
            },
            new Date(now).toISOString(),
          ),
        },
      }),
      actor,
      { subresource: 'status' },
    )
    .catch(error => {
      if (!isPlatformError(error, 'NotFound')) throw error;
    });
};

const count = async ({ store, recordEvent }: Engine, exception: Exception, policy: Policy): Promise<void> => {
  const active = store.peekAll(
    ExceptionKind,
    undefined,
    one => one.spec.policy === policy.metadata.name && one.status?.phase === 'Approved',
  ).length;
  const before = policy.status?.exceptions;
  const next = withException(before, exception, active);
  if (next === before) return;
  await store.mutate(
    PolicyKind,
    keyOf(policy),
    current => ({
      ...current,
      status: { ...current.status, exceptions: withException(current.status?.exceptions, exception, active) },
    }),
    actor,
    { subresource: 'status' },
  );
  if (next.missingFeature && !before?.missingFeature)
    recordEvent(
      policy,
      'Warning',
      'MissingFeature',
      `${next.teams.length} teams needed an exception from ${policy.metadata.name}: the road lacks something.`,
    );
};
