import {
  type KindDefinition,
  kindId,
  NamespaceKind,
  platformTeam,
  type Role,
  readVerbs,
  storedKind,
  TeamKind,
  type Verb,
} from '@causeway/model';
import { isProcess, processMay } from './process-identities.ts';
import { includes, type TeamRoles } from './team-roles.ts';

/** What someone tries to do with objects of a kind. */
export interface Attempt {
  readonly verb: Verb;
  readonly kind: KindDefinition;
  /** '' for cluster-scoped kinds, and for all namespaces. */
  readonly namespace: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Set for actions and streams, which state their own lowest role instead of the kind's. */
  readonly role?: Role;
}

export type Decision =
  | {
      readonly allowed: true /** Only objects of these teams may be shown. */;
      readonly teams?: ReadonlySet<string>;
    }
  | { readonly allowed: false; readonly reason: string };

const yes: Decision = { allowed: true };
const no = (reason: string): Decision => ({ allowed: false, reason });

const teamKind = kindId(TeamKind);
const namespaceKind = kindId(NamespaceKind);

/** Whose object it is: the team of its namespace, the team itself, or the platform. */
const teamOf = ({ kind, namespace, name = '' }: Attempt): string => {
  if (kind.scope === 'Namespaced') return namespace;
  const id = kindId(kind);
  return id === teamKind || id === namespaceKind ? name : platformTeam;
};

/** The lowest role in the object's team; `undefined` when only the platform's own processes may. */
const neededRole = ({ kind, verb, subresource = '', role }: Attempt): Role | undefined => {
  if (role) return role;
  // How many copies there are is part of the spec.
  if (subresource === 'scale' && kind.scale) return kind.access[verb];
  if (subresource !== '' && subresource !== 'status') return undefined;
  if (subresource === 'status' && verb !== 'get') return undefined;
  return kind.access[verb];
};

/** Decides by roles in teams. A list or watch across teams is allowed, and shows only the teams in question. */
export const decide = (roles: TeamRoles, user: string, asked: Attempt): Decision => {
  // Whoever may do something may do it in every version and group.
  const attempt = { ...asked, kind: storedKind(asked.kind) };
  const { kind, verb, subresource = '' } = attempt;
  if (isProcess(user))
    return processMay(user, verb, kind, attempt.role ? 'action' : subresource)
      ? yes
      : no('the platform’s own processes may only do what they are for');
  if (kindId(kind) === teamKind && subresource === '' && (verb === 'create' || verb === 'delete'))
    return includes(roles.roleIn(user, platformTeam), 'owner')
      ? yes
      : no(`it needs the role owner in the team ${platformTeam}`);

  if (kind.everyoneReads && attempt.role === undefined && readVerbs.includes(verb)) return yes;
  const needed = neededRole(attempt);
  if (!needed) return no('only the platform’s own processes may');
  const team = teamOf(attempt);
  if (team !== '')
    return includes(roles.roleIn(user, team), needed)
      ? yes
      : no(`it needs the role ${needed} in the team ${team}`);
  const teams = roles.teamsOf(user, needed);
  if (teams === 'all') return yes;
  if ((verb === 'list' || verb === 'watch') && teams.size > 0) return { allowed: true, teams };
  return no(`it needs the role ${needed} in the team ${platformTeam}`);
};
