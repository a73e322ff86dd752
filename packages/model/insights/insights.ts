/** Order statistics of durations, in seconds; absent when there are none. */
export interface Spread {
  readonly n: number;
  readonly median?: number;
  readonly p90?: number;
}

/** What came of the changes of one service, or of all. */
export interface Outcomes {
  /** From the push to the release that served it. DORA: lead time for changes, counted from the push. */
  readonly leadTime: Spread;
  /** From the commit’s own time to serving, where the commit’s time is known. */
  readonly leadTimeFromCommit: Spread;
  /** From the decision to have the service to its first request from outside. */
  readonly timeToFirstTraffic: Spread;
  readonly changes: { readonly pushed: number; readonly published: number; readonly superseded: number };
  /** Failed before production: builds, tests, rollouts. */
  readonly failedBefore: number;
  /** DORA: change failure rate: published changes that were rolled back. */
  readonly changeFailureRate?: number;
  /** How often a journey or change broke, by error code. */
  readonly failures: Readonly<Record<string, number>>;
}

export interface ServiceInsights extends Outcomes {
  readonly team: string;
  readonly service: string;
}

/** The answer of GET /api/insights. */
export interface Insights {
  readonly since?: string;
  readonly total: Outcomes;
  readonly services: readonly ServiceInsights[];
}
