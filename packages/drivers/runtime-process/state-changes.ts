import type { WorkloadState } from '@causeway/contracts';

/** Hands every state to each who listens, in order. Listening begins with the call, not with the first `next`. */
export class StateChanges {
  readonly #listeners = new Set<(state: WorkloadState) => void>();

  tell(state: WorkloadState): void {
    for (const listener of this.#listeners) listener(state);
  }

  listen(signal: AbortSignal): AsyncIterable<WorkloadState> {
    const waiting: WorkloadState[] = [];
    let wake = (): void => {};
    const listener = (state: WorkloadState): void => {
      waiting.push(state);
      wake();
    };
    const end = (): void => {
      this.#listeners.delete(listener);
      wake();
    };
    if (!signal.aborted) this.#listeners.add(listener);
    signal.addEventListener('abort', end, { once: true });
    return (async function* () {
      try {
        while (!signal.aborted) {
          const state = waiting.shift();
          if (state) yield state;
          else
            await new Promise<void>(resolve => {
              wake = resolve;
            });
        }
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    })();
  }
}
