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

let moment = Number.NaN;
let textOfMoment = '';

/** A moment in RFC 3339, with milliseconds. Many are asked for within one: it is written out once. */
export const momentText = (ms: number): string => {
  if (ms !== moment) {
    textOfMoment = new Date(ms).toISOString();
    moment = ms;
  }
  return textOfMoment;
};

let second = Number.NaN;
let textOfSecond = '';

/** A moment in RFC 3339, in whole seconds. Many are asked for within one second: it is written out once. */
export const secondsText = (ms: number): string => {
  const asked = Math.floor(ms / 1000);
  if (asked !== second) {
    textOfSecond = new Date(asked * 1000).toISOString().replace('.000Z', 'Z');
    second = asked;
  }
  return textOfSecond;
};

/** Resolves after `ms`. */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise(resolve => clock.after(ms, resolve));
