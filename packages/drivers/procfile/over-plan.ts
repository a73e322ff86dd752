import type { BuildPlan } from '@causeway/contracts';
import type { Procfile } from './procfile.ts';

/**
 * The plan with the Procfile laid over it. A Procfile that names processes names all of them: a guessed `web` beside an
 * explicit `worker` would never listen. One with nothing but `release` leaves the guesses.
 */
export const overPlan = (plan: BuildPlan, procfile: Procfile): BuildPlan => ({
  ...plan,
  processes: Object.keys(procfile.processes).length > 0 ? procfile.processes : plan.processes,
  ...(procfile.release === undefined ? {} : { release: procfile.release }),
});
