import { environmentHappenings, type Happening, happenings } from './core/happening.ts';
import { simulateEnvironments } from './environments/simulate-environments.ts';
import type { Outcome, SimulateOptions } from './world/outcome.ts';
import { simulate } from './world/simulate.ts';

export interface SimulatedWorld {
  readonly simulate: (seed: number, options?: SimulateOptions) => Promise<Outcome>;
  /** What has to happen in it, over enough seeds. */
  readonly happenings: readonly Happening[];
}

/** The worlds that there are: the engine by itself, and the reconcilers of environments on it. */
export const worlds = {
  engine: { simulate, happenings },
  environments: { simulate: simulateEnvironments, happenings: environmentHappenings },
} satisfies Record<string, SimulatedWorld>;
export type WorldName = keyof typeof worlds;
