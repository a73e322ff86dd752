import type { CelValue } from '@bufbuild/cel';
import type { Budget } from '../policy-documents/budget.ts';

/** What an evaluation has at hand beyond the values that its expressions name. */
export interface Run {
  readonly budget: Budget;
  /** The value of a variable of the policy, or its error. */
  variable(name: string): CelValue | Error;
}

let running: Run | undefined;

/** Does something within an evaluation. Functions of expressions have no other way to know in which they are called. */
export const within = <T>(run: Run, work: () => T): T => {
  const before = running;
  running = run;
  try {
    return work();
  } finally {
    running = before;
  }
};

/** The evaluation under way. */
export const current = (): Run => {
  if (!running) throw new Error('there is no evaluation');
  return running;
};
