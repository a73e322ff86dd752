import type { Actor, Clock, Store } from '@causeway/engine';
import { PlatformError, platformTeam, type Role } from '@causeway/model';
import { type Attempt, type Decision, decide } from './authorizer.ts';
import { isProcess, serverUser } from './process-identities.ts';
import { createTeamRoles, includes } from './team-roles.ts';
import { TokenIndex } from './token-index.ts';

/** Who signed in, and whether that still holds: tokens expire and are revoked under long watches. */
export interface Session {
  readonly actor: Actor;
  valid(): boolean;
}

/** Who someone is and what they may do, from AccessToken and Team objects. */
export interface Access {
  /**
   * Who a request comes from: `Bearer TOKEN`, or `Basic` with the token as password (git and browsers).
   * Throws `Unauthenticated`.
   * @param from where the request came from, for the audit: an address.
   */
  authenticate(authorization: string | undefined, from?: string): Promise<Session>;
  decide(user: string, attempt: Attempt): Decision;
  /** Throws `Forbidden` in Kubernetes' words. Returns the teams that may be shown; `undefined` for everything. */
  authorize(user: string, attempt: Attempt): ReadonlySet<string> | undefined;
  /** The role in a team, including the one the platform team gives; the server itself is owner everywhere. */
  roleIn(user: string, team: string): Role | undefined;
  /** Throws `Forbidden` unless the user has this role in this team. `what` completes "cannot …". */
  requireRole(user: string, role: Role, team: string, what: string): void;
}

const unauthenticated = (message: string): PlatformError => new PlatformError('Unauthenticated', message);

const tokenOf = (authorization: string | undefined): string => {
  if (!authorization) throw unauthenticated('no token was sent');
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (/^bearer$/i.test(scheme) && value) return value;
  if (/^basic$/i.test(scheme)) {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    const password = pair.slice(pair.indexOf(':') + 1);
    if (pair.includes(':') && password) return password;
  }
  throw unauthenticated('the Authorization header holds neither a bearer token nor a token as password');
};

const place = ({ kind, namespace }: Attempt): string =>
  kind.scope === 'Namespaced' && namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope';

/** As the kube-apiserver says it: scripts and people know these words. */
const forbidden = (user: string, attempt: Attempt, reason: string): PlatformError => {
  const { kind, verb, name, subresource } = attempt;
  const resource = subresource ? `${kind.plural}/${subresource}` : kind.plural;
  const subject = `${kind.plural}${kind.group ? `.${kind.group}` : ''}${name ? ` "${name}"` : ''}`;
  return new PlatformError(
    'Forbidden',
    `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}"${place(attempt)}: ${reason}`,
    { kind: kind.plural, ...(name ? { name } : {}) },
  );
};

export const createAccess = ({ store, clock }: { store: Store; clock: Clock }): Access => {
  const tokens = new TokenIndex(store);
  const roles = createTeamRoles(store);
  const roleIn = (user: string, team: string): Role | undefined => {
    if (user === serverUser) return 'owner';
    return isProcess(user) ? undefined : roles.roleIn(user, team);
  };
  return {
    async authenticate(authorization, from) {
      const token = tokenOf(authorization);
      const known = await tokens.find(token);
      if (!known) throw unauthenticated('the token is not known or has been revoked');
      const { user, expiresAt } = known.spec;
      const ends = Date.parse(expiresAt);
      if (!(clock.now() < ends)) throw unauthenticated(`the token of ${user} ended at ${expiresAt}`);
      return {
        actor: { user, ...(from ? { from } : {}) },
        valid: () => clock.now() < ends && tokens.holds(known),
      };
    },
    decide: (user, attempt) => decide(roles, user, attempt),
    authorize(user, attempt) {
      const decision = decide(roles, user, attempt);
      if (!decision.allowed) throw forbidden(user, attempt, decision.reason);
      return decision.teams;
    },
    roleIn,
    requireRole(user, role, team, what) {
      if (!includes(roleIn(user, team), role))
        throw new PlatformError(
          'Forbidden',
          `User "${user}" cannot ${what}: it needs the role ${role} in the team ${team || platformTeam}`,
        );
    },
  };
};
