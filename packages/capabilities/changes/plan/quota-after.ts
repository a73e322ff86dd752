import type { Store } from '@causeway/engine';
import { type KindDefinition, kinds, type Plan, type PlannedChange, TeamKind } from '@causeway/model';

type Looking = Pick<Store, 'peek' | 'peekAll'>;

const limitsOf = (store: Looking, team: string): readonly (readonly [KindDefinition, number])[] => {
  const quota = store.peek(TeamKind, { namespace: '', name: team })?.spec.quota ?? {};
  return kinds.flatMap(kind => {
    const limit = Object.hasOwn(quota, kind.plural) ? quota[kind.plural] : undefined;
    return limit === undefined ? [] : [[kind, limit] as const];
  });
};

/** What of the team’s quota is used once a plan is carried out. */
export const quotaAfter = (planned: Looking, team: string): Plan['quota'] =>
  limitsOf(planned, team).map(([kind, limit]) => ({
    kind: kind.plural,
    used: planned.peekAll(kind, team).length,
    limit,
  }));

/** Each dry run counts for itself; together they may be too many. The last of them are refused. */
export const withinQuota = (
  store: Looking,
  planned: Looking,
  team: string,
  changes: readonly PlannedChange[],
): PlannedChange[] => {
  const limits = new Map(limitsOf(store, team).map(([kind, limit]) => [kind.kind, { kind, limit }] as const));
  const excess = new Map(
    [...limits.values()].map(({ kind, limit }) => [
      kind.kind,
      Math.max(0, planned.peekAll(kind, team).length - limit),
    ]),
  );
  return changes
    .toReversed()
    .map((change): PlannedChange => {
      const over = change.action === 'create' ? (excess.get(change.kind) ?? 0) : 0;
      const quota = limits.get(change.kind);
      if (over === 0 || !quota) return change;
      excess.set(change.kind, over - 1);
      return {
        ...change,
        action: 'refuse',
        problems: [
          `Team ${team} may have ${quota.limit} ${quota.kind.plural}, has ${store.peekAll(quota.kind, team).length}, and would have ${quota.limit + over}. Delete one of them, or ask who runs the platform for more.`,
        ],
      };
    })
    .toReversed();
};
