/** Upper bounds of the duration histogram, seconds. */
export const durationBuckets: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Releases that have left the route keep their counters until so many newer ones have, so that the last scrape sees them. */
const keptReleases = 10;

/** 1xx … 5xx; the index is the first digit less one. */
type CodeCounts = [number, number, number, number, number];

/** Rate, errors and duration of one route. */
export class RouteMetrics {
  /** By release, then by class of status code. */
  readonly requests = new Map<string, CodeCounts>();
  /** Not cumulative: how many fell into each bucket, the last one for +Inf. */
  readonly durations = new Array<number>(durationBuckets.length + 1).fill(0);
  durationSum = 0;
  inFlight = 0;
  retries = 0;

  begin(): void {
    this.inFlight += 1;
  }

  /** `seconds` is left out for what ends when it likes: tunnels, event streams, clients that went away. */
  end(release: string, status: number, seconds?: number): void {
    this.inFlight -= 1;
    let counts = this.requests.get(release);
    if (!counts) {
      counts = [0, 0, 0, 0, 0];
      this.requests.set(release, counts);
    }
    const codeClass = Math.min(4, Math.max(0, Math.floor(status / 100) - 1)) as 0 | 1 | 2 | 3 | 4;
    counts[codeClass] += 1;
    if (seconds === undefined) return;
    this.durationSum += seconds;
    let bucket = 0;
    while (bucket < durationBuckets.length && seconds > durationBuckets[bucket]!) bucket += 1;
    this.durations[bucket]! += 1;
  }

  retried(): void {
    this.retries += 1;
  }

  /** Bounds the number of series: forgets the oldest releases that do not serve any more. */
  keepReleases(serving: ReadonlySet<string>): void {
    const left = [...this.requests.keys()].filter(release => !serving.has(release));
    for (const release of left.slice(0, Math.max(0, left.length - keptReleases)))
      this.requests.delete(release);
  }
}
