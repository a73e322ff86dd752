export interface MergedStreams<T> {
  add(stream: AsyncIterable<T>): void;
  /** Items of all streams as they come, until the signal ends; streams may be added meanwhile. */
  items(): AsyncGenerator<T>;
}

/** Several streams as one. A stream is read on only when its last item was taken, so a slow reader slows them all. */
export const mergeStreams = <T>(signal: AbortSignal): MergedStreams<T> => {
  const offered: { item: T; taken: () => void }[] = [];
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });
  const pump = async (stream: AsyncIterable<T>): Promise<void> => {
    for await (const item of stream) {
      if (signal.aborted) return;
      await new Promise<void>(taken => {
        offered.push({ item, taken });
        signal.addEventListener('abort', () => taken(), { once: true });
        wake();
      });
    }
  };
  return {
    add(stream) {
      pump(stream).catch(() => {});
    },
    async *items() {
      while (!signal.aborted) {
        const next = offered.shift();
        if (next) {
          yield next.item;
          next.taken();
          continue;
        }
        await new Promise<void>(resolve => {
          wake = resolve;
          if (signal.aborted || offered.length > 0) resolve();
        });
      }
    },
  };
};
