import type { Actor, Engine } from '@causeway/engine';
import { type Exception, ExceptionKind, type ObjectKey, PlatformError, PolicyKind } from '@causeway/model';
import { requestDigest } from '@causeway/policy';
import { approversOf, mayDecide } from './approvers.ts';

export interface ExceptionDecision {
  readonly approved: boolean;
  readonly comment?: string | undefined;
}

/**
 * Gives or refuses an exception, as the person who says so. Throws `Forbidden` unless they own a team that decides on it
 * and did not ask for it themselves. What was asked is what is decided: a change meanwhile is a `Conflict`.
 */
export const decideException = async (
  { store, clock, recordEvent }: Pick<Engine, 'store' | 'clock' | 'recordEvent'>,
  key: ObjectKey,
  { approved, comment }: ExceptionDecision,
  actor: Actor,
): Promise<Exception> => {
  const seen = await store.get(ExceptionKind, key);
  const policy = store.peek(PolicyKind, { namespace: '', name: seen.spec.policy });
  if (!policy)
    throw new PlatformError('NotFound', `the policy '${seen.spec.policy}' of the exception is gone`, {
      next: 'Delete the exception: there is nothing to be excepted from.',
    });
  if (!mayDecide(store, actor.user, seen, policy.spec)) {
    const teams = approversOf(store, policy.spec, key.namespace);
    const own = actor.user === seen.spec.requestedBy;
    throw new PlatformError(
      'Forbidden',
      own
        ? `you asked for exception "${key.name}" yourself: somebody else decides`
        : `you do not decide on exceptions from ${policy.metadata.name}`,
      { next: `Ask ${own ? 'another' : 'an'} owner of ${teams.join(' or ')}.` },
    );
  }
  const decision = {
    by: actor.user,
    at: new Date(clock.now()).toISOString(),
    approved,
    ...(comment ? { comment } : {}),
    digest: requestDigest(seen.spec),
  };
  const decided = await store.mutate(
    ExceptionKind,
    key,
    current => {
      if (requestDigest(current.spec) !== decision.digest)
        throw new PlatformError('Conflict', `exception "${key.name}" was changed meanwhile`, {
          next: 'Read it again, then decide.',
        });
      return { ...current, spec: { ...current.spec, decision } };
    },
    actor,
  );
  recordEvent(
    decided,
    approved ? 'Normal' : 'Warning',
    approved ? 'Approved' : 'Refused',
    `${actor.user} ${approved ? 'approved' : 'refused'} it${comment ? `: ${comment}` : '.'}`,
  );
  return decided;
};

/** The exceptions on which a person may decide, those that wait first, then by when they end. */
export const decidableExceptions = ({ store }: Pick<Engine, 'store'>, user: string): readonly Exception[] =>
  store
    .peekAll(ExceptionKind, undefined, one => {
      const policy = store.peek(PolicyKind, { namespace: '', name: one.spec.policy });
      return policy !== undefined && mayDecide(store, user, one, policy.spec);
    })
    .sort(
      (a, b) =>
        Number(b.status?.phase === 'Pending') - Number(a.status?.phase === 'Pending') ||
        Date.parse(a.spec.expiresAt) - Date.parse(b.spec.expiresAt),
    );
