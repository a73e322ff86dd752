import type { Store } from '@causeway/engine';
import { platformTeam, TeamKind } from '@causeway/model';

type Members = Pick<Store, 'peek'>;

const membersOf = (store: Members, team: string) =>
  store.peek(TeamKind, { namespace: '', name: team })?.spec.members ?? [];

/** Whether somebody may approve changes of a team: whoever may also push to its services. */
export const mayApprove = (store: Members, team: string, user: string): boolean =>
  [team, platformTeam].some(one =>
    membersOf(store, one).some(member => member.user === user && member.role !== 'viewer'),
  );

/**
 * The people whom an owner in CODEOWNERS means, of those who may approve: `@team` or `@org/team` the owners of a team, `@alice` or
 * an address a user.
 */
export const peopleMeant = (store: Members, team: string, owner: string): readonly string[] => {
  const name = owner.replace(/^@/, '');
  const owners = owner.startsWith('@')
    ? membersOf(store, name.split('/').at(-1) ?? '').filter(({ role }) => role === 'owner')
    : [];
  return [name, ...owners.map(({ user }) => user)].filter(user => mayApprove(store, team, user));
};
