import type { PolicyLimits } from '@causeway/contracts';

/** Iterations of all loops of a policy in one evaluation. Counted, not timed: the same everywhere. */
export const maxSteps = 200_000;

/** Which limit an evaluation went beyond. */
export class LimitReached extends Error {
  readonly limit: 'steps' | 'time';

  constructor(limit: 'steps' | 'time', message: string) {
    super(message);
    this.limit = limit;
  }
}

/** What an evaluation has used up. Once it is spent, each further step fails: whatever an expression makes of errors, all its loops end. */
export class Budget {
  readonly #until: number;
  readonly #milliseconds: number;
  #steps = 0;
  #reached: LimitReached | undefined;

  constructor({ milliseconds }: Pick<PolicyLimits, 'milliseconds'>) {
    this.#milliseconds = milliseconds;
    this.#until = performance.now() + milliseconds;
  }

  get reached(): LimitReached | undefined {
    return this.#reached;
  }

  step(): void {
    if (this.#reached) throw this.#reached;
    this.#steps += 1;
    if (this.#steps > maxSteps)
      this.#reached = new LimitReached('steps', `its loops take more than ${maxSteps} steps`);
    else if (this.#steps % 64 === 0 && performance.now() > this.#until)
      this.#reached = new LimitReached('time', `it takes longer than ${this.#milliseconds} ms`);
    if (this.#reached) throw this.#reached;
  }
}
