/** Work by key: one turn at a time for each key, asked for again while it runs means once more after, a failure means again a little later. */
export class KeyedTurns {
  readonly #retryMs: number;
  readonly #signal: AbortSignal;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #running = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(retryMs: number, signal: AbortSignal, onError: (key: string, error: unknown) => void) {
    this.#retryMs = retryMs;
    this.#signal = signal;
    this.#onError = onError;
  }

  add(key: string, work: (key: string) => Promise<void>): void {
    if (this.#signal.aborted) return;
    const running = this.#running.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const turn = { again: false, done: Promise.resolve() };
    this.#running.set(key, turn);
    turn.done = this.#run(key, work, turn);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(turn => turn.done));
  }

  async #run(key: string, work: (key: string) => Promise<void>, turn: { again: boolean }): Promise<void> {
    do {
      turn.again = false;
      try {
        await work(key);
      } catch (error) {
        if (this.#signal.aborted) break;
        this.#onError(key, error);
        turn.again = true;
        await new Promise(resolve => setTimeout(resolve, this.#retryMs));
      }
    } while (turn.again && !this.#signal.aborted);
    this.#running.delete(key);
  }
}
