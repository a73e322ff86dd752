/** Time as the engine sees it, so that tests and simulation can hold it. */
export interface Clock {
  /** Milliseconds since the epoch. Somebody may set it. */
  now(): number;
  /** Milliseconds since some moment; only ever grows, evenly. */
  elapsed(): number;
  /** Calls back once, after `ms`; the result cancels. */
  after(ms: number, callback: () => void): () => void;
}

/** A longer timer of Node’s fires at once: whoever waits for a month is called back after 24 days. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, longestTimerMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise(resolve => clock.after(ms, resolve));
