import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Happening } from './core/happening.ts';
import { type WorldName, worlds } from './worlds.ts';

export interface FailedSeed {
  readonly seed: number;
  readonly problems: readonly string[];
}

export interface SeedsReport {
  readonly seeds: number;
  readonly failed: readonly FailedSeed[];
  /** Writes that were committed in all worlds together. */
  readonly revisions: number;
  readonly simulatedMs: number;
  /** How often each fault struck, and what it did, in all worlds together. */
  readonly happened: ReadonlyMap<Happening, number>;
}

/** What a worker does: seeds from its own part, until one fails if that is all that is asked for. */
export interface Share {
  readonly world: WorldName;
  readonly from: number;
  readonly until: number;
  /** Takes each so-manieth seed. */
  readonly step: number;
  readonly stopAtFirst: boolean;
  /** The name of a bug that is planted first. */
  readonly plant?: string;
}

const runShare = (share: Share): Promise<SeedsReport> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seeds-worker.ts', import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => reject(new Error(`a simulation worker ended with ${code}`)));
  });

/** Simulates the worlds of many seeds on all processors. */
export const runSeeds = async (
  from: number,
  seeds: number,
  options: { world?: WorldName; plant?: string; stopAtFirst?: boolean; workers?: number } = {},
): Promise<SeedsReport> => {
  const { stopAtFirst = false, workers = availableParallelism(), plant, world = 'engine' } = options;
  const reports = await Promise.all(
    Array.from({ length: Math.min(workers, seeds) }, (_, index) =>
      runShare({
        world,
        from: from + index,
        until: from + seeds,
        step: workers,
        stopAtFirst,
        ...(plant ? { plant } : {}),
      }),
    ),
  );
  const sum = (of: (report: SeedsReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    seeds: sum(report => report.seeds),
    failed: reports.flatMap(report => report.failed).sort((a, b) => a.seed - b.seed),
    revisions: sum(report => report.revisions),
    simulatedMs: sum(report => report.simulatedMs),
    happened: new Map(
      worlds[world].happenings.map(what => [what, sum(({ happened }) => happened.get(what) ?? 0)]),
    ),
  };
};
