import type { Store } from '@causeway/engine';
import {
  durationMs,
  type Environment,
  EnvironmentKind,
  type Gate,
  type Promotion,
  platformTeam,
  RolloutKind,
  TeamKind,
} from '@causeway/model';

/** A gate that is still closed. */
export interface ClosedGate {
  readonly gate: string;
  /** What is in the way, and what to do. */
  readonly message: string;
  /** Milliseconds since 1970: when it opens by itself, where that is known. */
  readonly opensAt?: number;
}

type ApproverRole = NonNullable<Gate['approval']>['role'];

const isPerson = (user: string): boolean => !/^(?:system|automation|agent):/.test(user);

/** Who has a role in a team, be it as one who runs the platform, and may approve what somebody else asked for. */
const approversOf = (store: Store, promotion: Promotion, role: ApproverRole): readonly string[] => {
  const { namespace = '' } = promotion.metadata;
  const members = [namespace, platformTeam].flatMap(
    name => store.peek(TeamKind, { namespace: '', name })?.spec.members ?? [],
  );
  const having = members.filter(one => one.role === 'owner' || (role === 'developer' && one.role === role));
  return [...new Set(having.map(({ user }) => user))].filter(
    user => isPerson(user) && user !== promotion.spec.requestedBy,
  );
};

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} or another` : shown;
};

const approvalMissing = (
  store: Store,
  promotion: Promotion,
  { name, approval }: Gate,
): ClosedGate | undefined => {
  if (!approval) return undefined;
  const { service, environment, requestedBy, approvals } = promotion.spec;
  const approvers = approversOf(store, promotion, approval.role);
  if (approvals.some(({ by }) => approvers.includes(by))) return undefined;
  const command = `platform promote ${service} --to ${environment} --approve`;
  const who = `${approval.role === 'owner' ? 'an owner' : 'a developer'} other than ${requestedBy}`;
  const team = promotion.metadata.namespace ?? '';
  return {
    gate: name,
    message:
      approvers.length === 0
        ? `${name}: needs the approval of ${who}, and team ${team} has none: add a member to it first.`
        : `${name}: needs the approval of ${who}: ask ${listed(approvers)} to run: ${command}`,
  };
};

const soakMissing = (
  store: Store,
  { metadata: { namespace = '' }, spec }: Promotion,
  { name, soak, soakIn }: Gate,
  now: number,
): ClosedGate | undefined => {
  if (soak === undefined) return undefined;
  const { release, service, environment } = spec;
  const from = soakIn ?? spec.from;
  if (from === undefined)
    return {
      gate: name,
      message: `${name}: ${release} must have served for ${soak} in the environment before ${environment}, and there is none: make one with a lower order, or take soak out of the gate.`,
    };
  const serving = store.peek(RolloutKind, { namespace, name: `${service}.${from}` })?.status?.serving;
  if (serving?.release !== release)
    return {
      gate: name,
      message: `${name}: ${release} must serve in ${from} for ${soak}, where ${serving ? `${serving.release} serves` : 'nothing serves'}: promote what serves there, or bring ${release} there first: platform promote ${service} --to ${from} --release ${release}`,
    };
  const opensAt = Date.parse(serving.since) + durationMs(soak);
  if (opensAt <= now) return undefined;
  return {
    gate: name,
    message: `${name}: ${release} must serve in ${from} for ${soak} first: it goes on by itself when that is over.`,
    opensAt,
  };
};

/** The gates of its environment that a promotion does not pass yet. */
export const closedGates = (store: Store, promotion: Promotion, now: number): readonly ClosedGate[] => {
  const { namespace = '' } = promotion.metadata;
  const environment: Environment | undefined = store.peek(EnvironmentKind, {
    namespace,
    name: promotion.spec.environment,
  });
  return (environment?.spec.gates ?? []).flatMap(gate => {
    const missing = [
      approvalMissing(store, promotion, gate),
      soakMissing(store, promotion, gate, now),
    ].filter(one => one !== undefined);
    const [first] = missing;
    const opens = missing.flatMap(({ opensAt }) => opensAt ?? []);
    return first
      ? [
          {
            gate: first.gate,
            message: missing.map(({ message }) => message).join(' '),
            ...(opens.length > 0 ? { opensAt: Math.max(...opens) } : {}),
          },
        ]
      : [];
  });
};
