import type { LedgerEntry } from '@causeway/engine';
import {
  type Insights,
  type Outcomes,
  productionEnvironment,
  type ServiceInsights,
  type Spread,
} from '@causeway/model';

const spread = (seconds: readonly number[]): Spread => {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  const median = at(0.5);
  const p90 = at(0.9);
  return median === undefined || p90 === undefined ? { n: 0 } : { n: sorted.length, median, p90 };
};

const between = (from: string | undefined, to: string | undefined): number[] =>
  from && to ? [(Date.parse(to) - Date.parse(from)) / 1000] : [];

const serviceOf = (entry: LedgerEntry): string => `${entry.team}/${entry.service}`;

const ofType = (entries: readonly LedgerEntry[], type: string): LedgerEntry[] =>
  entries.filter(entry => entry.type === type);

const summarise = (entries: readonly LedgerEntry[]): Outcomes => {
  const pushed = ofType(entries, 'change.pushed');
  const published = ofType(entries, 'release.published');
  const rolledBack = ofType(entries, 'release.rolledback');
  const pushOf = new Map(pushed.map(push => [`${serviceOf(push)}/${push.data?.sequence}`, push]));
  const paired = published.map(release => ({
    release,
    push: pushOf.get(`${serviceOf(release)}/${release.data?.sequence}`),
  }));
  const builtFrom = new Map(
    ofType(entries, 'build.finished').map(build => [`${serviceOf(build)}/${build.data?.sequence}`, build]),
  );
  const decided = new Map(ofType(entries, 'service.decided').map(entry => [serviceOf(entry), entry.at]));
  const created = new Map(ofType(entries, 'service.created').map(entry => [serviceOf(entry), entry.at]));
  const failed = entries.filter(entry =>
    ['build.failed', 'rollout.failed', 'service.failed'].includes(entry.type),
  );
  const wentBack = rolledBack.filter(entry => entry.data?.code !== undefined);
  const failures: Record<string, number> = {};
  // A creation that failed while building or starting has that step in the ledger, too.
  const broken = failed.filter(({ type, data }) => type !== 'service.failed' || data?.step === 'repository');
  for (const entry of [...broken, ...wentBack]) {
    const code = String(entry.data?.code ?? 'unknown');
    failures[code] = (failures[code] ?? 0) + 1;
  }
  return {
    leadTime: spread(paired.flatMap(({ release, push }) => between(push?.at, release.at))),
    leadTimeFromCommit: spread(
      published.flatMap(release =>
        between(
          builtFrom.get(`${serviceOf(release)}/${release.data?.sequence}`)?.data?.committedAt as
            | string
            | undefined,
          release.at,
        ),
      ),
    ),
    timeToFirstTraffic: spread(
      ofType(entries, 'service.visited').flatMap(visit =>
        between(decided.get(serviceOf(visit)) ?? created.get(serviceOf(visit)), visit.at),
      ),
    ),
    changes: {
      pushed: pushed.length,
      published: published.length,
      superseded: ofType(entries, 'change.superseded').length,
    },
    failedBefore: failed.filter(entry => entry.type !== 'service.failed').length,
    ...(published.length > 0 ? { changeFailureRate: Math.min(1, rolledBack.length / published.length) } : {}),
    failures,
  };
};

const marks = ['service.decided', 'service.created', 'service.visited', 'service.deleted'];

/** Nothing was ever pushed to it, and it is gone. */
const leftNoTrace = (entries: readonly LedgerEntry[]): boolean => {
  const last = (type: string) => ofType(entries, type).at(-1)?.at ?? '';
  return (
    last('service.deleted') > last('service.created') && entries.every(({ type }) => marks.includes(type))
  );
};

/** Outcomes of production, computed from the ledger alone: nothing is typed in, nothing inferred from elsewhere. */
export const insightsOf = (ledger: readonly LedgerEntry[], since?: string): Insights => {
  const entries = ledger.filter(({ environment }) => !environment || environment === productionEnvironment);
  const groups = Map.groupBy(entries, serviceOf);
  return {
    ...(since === undefined ? {} : { since }),
    total: summarise(entries),
    services: [...groups.values()]
      .flatMap(group =>
        group[0] && !leftNoTrace(group)
          ? [{ team: group[0].team, service: group[0].service, ...summarise(group) }]
          : [],
      )
      .sort((a, b) => serviceOfInsights(a).localeCompare(serviceOfInsights(b))),
  };
};

const serviceOfInsights = (insights: ServiceInsights): string => `${insights.team}/${insights.service}`;
