import type { Policy, PolicyReport } from '@causeway/model';

type Judged = NonNullable<NonNullable<Policy['status']>['judged']>;

interface Standing {
  readonly team: string;
  readonly failing: boolean;
  readonly excepted: boolean;
}

/** What each policy says of everything there is, kept up to date report by report. */
export interface Tally {
  /** A report that came or changed; `undefined` when it is gone. Says which policies’ figures moved. */
  set(key: string, report: PolicyReport | undefined): ReadonlySet<string>;
  of(policy: string): Omit<Judged, 'at'>;
}

const standingsIn = (report: PolicyReport): Map<string, Standing> => {
  const standings = new Map<string, Standing>();
  for (const { policy, result } of report.results) {
    const before = standings.get(policy);
    standings.set(policy, {
      team: report.metadata.namespace ?? '',
      failing: before?.failing || result === 'fail' || result === 'error',
      excepted: before?.excepted || result === 'skip',
    });
  }
  return standings;
};

const same = (a: Standing | undefined, b: Standing | undefined): boolean =>
  a?.failing === b?.failing && a?.excepted === b?.excepted;

export const createTally = (): Tally => {
  const byReport = new Map<string, ReadonlyMap<string, Standing>>();
  const byPolicy = new Map<string, Map<string, Standing>>();
  return {
    set(key, report) {
      const before = byReport.get(key) ?? new Map<string, Standing>();
      const next = report ? standingsIn(report) : new Map<string, Standing>();
      if (report) byReport.set(key, next);
      else byReport.delete(key);
      const moved = new Set<string>();
      for (const policy of new Set([...before.keys(), ...next.keys()])) {
        const standing = next.get(policy);
        if (same(before.get(policy), standing)) continue;
        moved.add(policy);
        const objects = byPolicy.get(policy) ?? new Map<string, Standing>();
        if (standing) objects.set(key, standing);
        else objects.delete(key);
        byPolicy.set(policy, objects);
      }
      return moved;
    },
    of(policy) {
      const standings = [...(byPolicy.get(policy)?.values() ?? [])];
      const teams = Map.groupBy(
        standings.filter(({ failing, excepted }) => failing || excepted),
        ({ team }) => team,
      );
      const count = (all: readonly Standing[], which: 'failing' | 'excepted') =>
        all.filter(one => one[which]).length;
      return {
        objects: standings.length,
        failing: count(standings, 'failing'),
        excepted: count(standings, 'excepted'),
        teams: [...teams]
          .map(([team, all]) => ({
            team,
            failing: count(all, 'failing'),
            excepted: count(all, 'excepted'),
          }))
          .sort((a, b) => (a.team < b.team ? -1 : 1)),
      };
    },
  };
};
