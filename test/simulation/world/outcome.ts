import type { Happening } from '../core/happening.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { DatabaseServer } from '../database/database-server.ts';

export interface Outcome {
  readonly seed: number;
  /** What was promised and did not hold; none when all did. */
  readonly problems: readonly string[];
  /** Simulated milliseconds. */
  readonly lasted: number;
  readonly revisions: number;
  readonly callbacks: number;
  /** How often each fault struck, and what it did. */
  readonly happened: ReadonlyMap<Happening, number>;
  readonly trace: readonly string[];
}

export interface SimulateOptions {
  readonly trace?: boolean;
  /** Planted bugs bring their own database. */
  readonly createDatabase?: (scheduler: Scheduler, random: Random) => DatabaseServer;
}
