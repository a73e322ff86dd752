import type { PolicyLimits } from '@causeway/contracts';

/** Iterations of all loops of a policy in one evaluation. Counted, not timed: the same everywhere. */
export const maxSteps = 200_000;

/** Which limit an evaluation went beyond. */
export class LimitReached extends Error {
  readonly limit: 'steps' | 'time' | 'memory';

  constructor(limit: 'steps' | 'time' | 'memory', message: string) {
    super(message);
    this.limit = limit;
  }
}

/** What an evaluation has used up. Once it is spent, each further step fails: whatever an expression makes of errors, all its loops end. */
export class Budget {
  readonly #until: number;
  readonly #limits: PolicyLimits;
  #steps = 0;
  #looks = 0;
  #held = 0;
  #reached: LimitReached | undefined;

  constructor(limits: PolicyLimits) {
    this.#limits = limits;
    this.#until = performance.now() + limits.milliseconds;
  }

  get reached(): LimitReached | undefined {
    return this.#reached;
  }

  /** Throws once the steps or the time are used up. `share`: what is less than an iteration, in parts that add up to 1. */
  step(share = 1): void {
    if (this.#reached) throw this.#reached;
    this.#steps += share;
    this.#looks += 1;
    if (this.#steps > maxSteps) this.#end('steps', `its loops take more than ${maxSteps} steps`);
    if (this.#looks % 64 === 0 && performance.now() > this.#until)
      this.#end('time', `it takes longer than ${this.#limits.milliseconds} ms`);
  }

  /**
   * Counts what the evaluation is about to make, in bytes, before it is made: a thread that asks for too much at once takes the
   * whole process with it. What is thrown away again counts, too.
   */
  hold(bytes: number): void {
    if (this.#reached) throw this.#reached;
    this.#held += bytes;
    if (this.#held > this.#limits.megabytes * 2 ** 20)
      this.#end('memory', 'it needs more memory than its limit');
  }

  #end(limit: LimitReached['limit'], message: string): never {
    this.#reached = new LimitReached(limit, message);
    throw this.#reached;
  }
}
