import type { Store } from '@causeway/engine';
import { platformTeam, TeamKind } from '@causeway/model';

type Members = Pick<Store, 'peek'>;

const membersOf = (store: Members, team: string) =>
  store.peek(TeamKind, { namespace: '', name: team })?.spec.members ?? [];

const writersOf = (store: Members, team: string): readonly string[] =>
  membersOf(store, team).flatMap(({ user, role }) => (role === 'viewer' ? [] : [user]));

/** Whether somebody may approve changes of a team: whoever may also push to its services. */
export const mayApprove = (store: Members, team: string, user: string): boolean =>
  [team, platformTeam].some(one => writersOf(store, one).includes(user));

/** Those of approvals that were given by people who may still approve. */
export const stillGiven = <A extends { readonly by: string }>(
  store: Members,
  team: string,
  approvals: readonly A[],
): A[] => approvals.filter(({ by }) => mayApprove(store, team, by));

/** Who decides on what only its makers own: others of the team, or, where there are none, of the team that runs the platform. */
export const standInsFor = (
  store: Members,
  team: string,
  contributors: ReadonlySet<string>,
): readonly string[] => {
  const others = (of: string) => writersOf(store, of).filter(user => !contributors.has(user));
  const own = others(team);
  return [...(own.length > 0 ? own : others(platformTeam))].sort();
};

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
