import { Failure } from './api.js';

/**
 * Milliseconds before the next attempt: doubling from a quarter of a second to eight, up to half of it at random.
 * @param {number} failures
 * @param {() => number} [random]
 */
export const backoff = (failures, random = Math.random) =>
  Math.min(8000, 250 * 2 ** Math.min(failures, 5)) * (1 - random() / 2);

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
export const pause = (ms, signal) =>
  new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });

/** A signal that ends with `signal`, or when the tab is hidden. @param {AbortSignal} signal */
const whileVisible = signal => {
  const hidden = new AbortController();
  document.addEventListener('visibilitychange', () => document.hidden && hidden.abort(), {
    signal: hidden.signal,
  });
  signal.addEventListener('abort', () => hidden.abort(), { signal: hidden.signal });
  if (document.hidden || signal.aborted) hidden.abort();
  return hidden;
};

/** @param {AbortSignal} signal @returns {Promise<void>} */
const visible = async signal => {
  while (document.hidden && !signal.aborted) {
    const turn = new AbortController();
    await new Promise(resolve => {
      document.addEventListener('visibilitychange', resolve, { signal: turn.signal });
      signal.addEventListener('abort', resolve, { signal: turn.signal });
    });
    turn.abort();
  }
};

/** A turn that lasted so long was a good one: after it, the pauses are short again. */
const steadyMs = 3000;

/**
 * Repeats `work` until the signal ends, pausing longer after each short turn. A hidden tab does not work and holds no
 * connection: a browser allows all its tabs together only six to one server.
 * @param {AbortSignal} signal
 * @param {(signal: AbortSignal) => Promise<void>} work
 * @param {(failure: Failure) => void} onLost hears of each failure that will be tried again
 */
export const keepAtIt = async (signal, work, onLost) => {
  let failures = 0;
  while (!signal.aborted) {
    await visible(signal);
    const turn = whileVisible(signal);
    const began = performance.now();
    try {
      await work(turn.signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!turn.signal.aborted)
        onLost(
          error instanceof Failure
            ? error
            : new Failure({ code: 'Unavailable', message: 'The connection was lost.' }),
        );
    }
    const interrupted = turn.signal.aborted;
    turn.abort();
    failures = interrupted || performance.now() - began > steadyMs ? 0 : failures + 1;
    if (!interrupted) await pause(backoff(failures), signal);
  }
};
