import type { Store } from '@causeway/engine';
import {
  EnvironmentKind,
  EnvironmentRequestKind,
  type KindDefinition,
  kinds,
  type Plan,
  type PlannedChange,
  TeamKind,
} from '@causeway/model';
import { isOver } from '../../environments/request/surroundings.ts';

type Looking = Pick<Store, 'peek' | 'peekAll'>;

const limitsOf = (store: Looking, team: string): readonly (readonly [KindDefinition, number])[] => {
  const quota = store.peek(TeamKind, { namespace: '', name: team })?.spec.quota ?? {};
  return kinds.flatMap(kind => {
    const limit = Object.hasOwn(quota, kind.plural) ? quota[kind.plural] : undefined;
    return limit === undefined ? [] : [[kind, limit] as const];
  });
};

/** How many of a kind there are; of environments also those that are asked for and will be. */
const countOf = (store: Looking, kind: KindDefinition, team: string): number => {
  if (kind !== EnvironmentKind) return store.peekAll(kind, team).length;
  const there = new Set(store.peekAll(EnvironmentKind, team).map(({ metadata }) => metadata.name));
  const coming = store.peekAll(
    EnvironmentRequestKind,
    team,
    one => !isOver(one) && !one.metadata.deletionTimestamp && !there.has(one.metadata.name),
  );
  return there.size + coming.length;
};

/** Whether one more of a kind has room once a plan is carried out. */
export const hasRoom = (planned: Looking, kind: KindDefinition, team: string): boolean =>
  limitsOf(planned, team).every(([of, limit]) => of !== kind || countOf(planned, of, team) < limit);

/** What of the team’s quota is used once a plan is carried out. */
export const quotaAfter = (planned: Looking, team: string): Plan['quota'] =>
  limitsOf(planned, team).map(([kind, limit]) => ({
    kind: kind.plural,
    used: countOf(planned, kind, team),
    limit,
  }));

/** Whether an object of a kind takes room in a quota: a request takes that of the environment which is made from it. */
const takesRoomOf = (change: PlannedChange, kind: KindDefinition): boolean =>
  change.kind === kind.kind || (kind === EnvironmentKind && change.kind === EnvironmentRequestKind.kind);

/** Each dry run counts for itself; together they may be too many. The last of them are refused. */
export const withinQuota = (
  store: Looking,
  planned: Looking,
  team: string,
  changes: readonly PlannedChange[],
): PlannedChange[] => {
  const quotas = limitsOf(store, team).map(([kind, limit]) => ({
    kind,
    limit,
    over: Math.max(0, countOf(planned, kind, team) - limit),
  }));
  return changes
    .toReversed()
    .map((change): PlannedChange => {
      if (change.action !== 'create') return change;
      const of = quotas.filter(({ kind }) => takesRoomOf(change, kind));
      const full = of.find(({ over }) => over > 0);
      if (!full) return change;
      const { kind, limit, over } = full;
      for (const quota of of) quota.over = Math.max(0, quota.over - 1);
      return {
        ...change,
        action: 'refuse',
        problems: [
          `Team ${team} may have ${limit} ${kind.plural}, has ${countOf(store, kind, team)}, and would have ${limit + over}. Delete one of them, or ask who runs the platform for more.`,
        ],
      };
    })
    .toReversed();
};
