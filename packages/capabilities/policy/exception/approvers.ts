import type { Store } from '@causeway/engine';
import { type Exception, type Policy, platformTeam, TeamKind } from '@causeway/model';

/**
 * The teams whose owners decide on an exception: those that the policy names; else the team that owns it; else, when that
 * is the platform’s or is not there, the team concerned. Whoever runs the road does not decide who may leave it.
 */
export const approversOf = (store: Store, policy: Policy['spec'], team: string): readonly string[] => {
  const { approvers } = policy.exceptions;
  if (approvers && approvers.length > 0) return approvers;
  const ownerIsThere = store.peek(TeamKind, { namespace: '', name: policy.owner }) !== undefined;
  return policy.owner !== platformTeam && ownerIsThere ? [policy.owner] : [team];
};

export const ownsOneOf = (store: Store, user: string, teams: readonly string[]): boolean =>
  teams.some(team =>
    store
      .peek(TeamKind, { namespace: '', name: team })
      ?.spec.members.some(member => member.user === user && member.role === 'owner'),
  );

/** Whether somebody may decide: an owner of a team that does, and not who asked. Programs never may. */
export const mayDecide = (
  store: Store,
  user: string,
  exception: Pick<Exception, 'metadata' | 'spec'>,
  policy: Policy['spec'],
): boolean =>
  !user.startsWith('system:') &&
  user !== exception.spec.requestedBy &&
  ownsOneOf(store, user, approversOf(store, policy, exception.metadata.namespace ?? ''));
