import type { Store } from '@causeway/engine';
import { platformTeam, type Role, roles, type Team, TeamKind } from '@causeway/model';

const memberships = new WeakMap<Team, ReadonlyMap<string, Role>>();

/** Teams from the store are frozen and shared, so the members of each version are looked through once. */
const membersOf = (team: Team): ReadonlyMap<string, Role> => {
  let members = memberships.get(team);
  if (!members) {
    members = new Map(team.spec.members.map(({ user, role }) => [user, role]));
    memberships.set(team, members);
  }
  return members;
};

const rank = (role: Role | undefined): number => (role === undefined ? -1 : roles.indexOf(role));

export const includes = (role: Role | undefined, needed: Role): boolean => rank(role) >= rank(needed);

/** Roles as `Team.spec.members` give them. Read from the store's cache, so a change holds from the next request. */
export interface TeamRoles {
  /** The role in a team: the member's own, or the one in the platform team when that is higher. */
  roleIn(user: string, team: string): Role | undefined;
  /** The teams in which the user has at least this role; `all` for members of the platform team who do. */
  teamsOf(user: string, needed: Role): ReadonlySet<string> | 'all';
}

export const createTeamRoles = (store: Store): TeamRoles => {
  const own = (user: string, team: string): Role | undefined => {
    const found = store.peek(TeamKind, { namespace: '', name: team });
    return found && membersOf(found).get(user);
  };
  return {
    roleIn(user, team) {
      const everywhere = own(user, platformTeam);
      if (team === platformTeam || team === '') return everywhere;
      const here = own(user, team);
      return rank(here) > rank(everywhere) ? here : everywhere;
    },
    teamsOf(user, needed) {
      if (includes(own(user, platformTeam), needed)) return 'all';
      return new Set(
        store
          .peekAll(TeamKind, undefined, team => includes(membersOf(team).get(user), needed))
          .map(team => team.metadata.name),
      );
    },
  };
};
