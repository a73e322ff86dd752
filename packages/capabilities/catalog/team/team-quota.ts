import type { Actor, QuotaOf, Store } from '@causeway/engine';
import {
  closestNames,
  type KindDefinition,
  kindId,
  PlatformError,
  platformTeam,
  type Team,
  TeamKind,
} from '@causeway/model';

const teamKind = kindId(TeamKind);

/** A team’s quota holds for the namespace of its name. */
export const teamQuota: QuotaOf = (view, kind, namespace) => {
  const team = view.get(teamKind, { namespace: '', name: namespace }) as Team | undefined;
  const quota = team?.spec.quota;
  const limit = quota && Object.hasOwn(quota, kind.plural) ? quota[kind.plural] : undefined;
  return limit === undefined ? undefined : { setBy: `team "${namespace}"`, limit };
};

type Limits = Readonly<Record<string, unknown>>;

const limitsOf = (object: unknown): Limits =>
  (object as { spec?: { quota?: Limits } } | undefined)?.spec?.quota ?? {};

const budgetOf = (object: unknown): number | undefined =>
  (object as { spec?: { budget?: { monthly?: number } } } | undefined)?.spec?.budget?.monthly;

const differ = (a: Limits, b: Limits): boolean => {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].some(name => a[name] !== b[name]);
};

const refuseUnknown = (limits: Limits, countable: readonly string[]): void => {
  const unknown = Object.keys(limits).find(name => !countable.includes(name));
  if (unknown === undefined) return;
  const [near] = closestNames(unknown, countable);
  throw new PlatformError('Invalid', `There is no kind '${unknown.slice(0, 63)}' to count in a team.`, {
    causes: [
      {
        reason: 'FieldValueNotSupported',
        field: `spec.quota.${unknown.slice(0, 63)}`,
        message: `must be one of ${countable.join(', ')}`,
      },
    ],
    next: near === undefined ? `Name one of ${countable.join(', ')}.` : `Did you mean '${near}'?`,
  });
};

const runsThePlatform = (store: Store, { user, onBehalfOf }: Actor): boolean => {
  const person = onBehalfOf ?? user;
  if (person.startsWith('system:')) return true;
  const platform = store.peek(TeamKind, { namespace: '', name: platformTeam });
  return platform?.spec.members.some(member => member.user === person && member.role === 'owner') ?? false;
};

/** The store as people write to it: only who runs the platform sets what a team may use and spend, and only of kinds that there are. */
export const withGuardedQuota = (store: Store, kinds: readonly KindDefinition[]): Store => {
  const countable = kinds.filter(kind => kind.scope === 'Namespaced' && !kind.body).map(kind => kind.plural);
  const check = (before: unknown, next: unknown, actor: Actor): void => {
    const field = differ(limitsOf(before), limitsOf(next))
      ? 'quota'
      : budgetOf(before) === budgetOf(next)
        ? undefined
        : 'budget';
    if (field === undefined) return;
    if (!runsThePlatform(store, actor))
      throw new PlatformError('Forbidden', `spec.${field} of a team is set by who runs the platform`, {
        next: `Ask an owner of the team ${platformTeam} to change it.`,
      });
    refuseUnknown(limitsOf(next), countable);
  };
  return {
    ...store,
    create: (kind, object, actor, options) =>
      kindId(kind) !== teamKind
        ? store.create(kind, object, actor, options)
        : Promise.try(() => {
            check(undefined, object, actor);
            return store.create(kind, object, actor, options);
          }),
    mutate: (kind, key, change, actor, options) =>
      kindId(kind) !== teamKind
        ? store.mutate(kind, key, change, actor, options)
        : store.mutate(
            kind,
            key,
            current => {
              const before = {
                spec: { quota: { ...limitsOf(current) }, budget: { monthly: budgetOf(current) } },
              };
              const next = change(current);
              check(before, next, actor);
              return next;
            },
            actor,
            options,
          ),
  };
};
