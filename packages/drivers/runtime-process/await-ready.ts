import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs, type HttpSettings } from '@causeway/model';
import { addressOf, type ProbeResult, probe } from './probe.ts';

export type Readiness =
  | { readonly ready: true; readonly address: string }
  | { readonly ready: false; readonly last: ProbeResult | 'foreign'; readonly waitedMs: number };

/**
 * An attempt costs some 0.1 ms while nothing listens, and whoever pushed is waiting: so a twentieth of the time that the
 * start has taken, within bounds.
 */
const shortestPauseMs = 5;
const longestPauseMs = 50;
const refusedPause = (elapsedMs: number): number =>
  Math.min(longestPauseMs, Math.max(shortestPauseMs, elapsedMs / 20));

/** A program that answers, but not well yet, is disturbed less. */
const unhealthyPauseMs = 200;
const answerWithinMs = 10_000;

/** A socket can change hands between two looks, so one look is not believed. */
const foreignLooks = 3;
/** What still cannot be known after so many is taken for its own. */
const unknownLooks = 3;
const foreignPauseMs = 20;

/**
 * Asks until the program serves, somebody else turns out to answer in its place, the start has taken too long, or the
 * signal aborts; `undefined` for the last. `startedAt` is milliseconds since the epoch; from the call on it counts by a clock that
 * nobody can set.
 */
export const awaitReady = async (
  port: number,
  http: HttpSettings,
  startedAt: number,
  isForeign: () => boolean | undefined,
  signal: AbortSignal,
): Promise<Readiness | undefined> => {
  const began = performance.now() - Math.max(0, Date.now() - startedAt);
  const waitedMs = (): number => Math.round(performance.now() - began);
  const patienceMs = durationMs(http.startTimeout);
  // What it said of itself is worth more than a silence just before the end.
  let answer: ProbeResult | undefined;
  for (let foreign = 0, unknown = 0; ; ) {
    const leftMs = patienceMs - waitedMs();
    const last = await probe(port, http, Math.max(100, Math.min(answerWithinMs, leftMs)), signal);
    if (signal.aborted) return undefined;
    const isOther = last.kind === 'refused' ? false : isForeign();
    if (isOther && ++foreign === foreignLooks) return { ready: false, last: 'foreign', waitedMs: waitedMs() };
    if (isOther || (isOther === undefined && ++unknown < unknownLooks)) {
      await sleep(foreignPauseMs, undefined, { signal }).catch(() => {});
      continue;
    }
    if (last.kind === 'ready') return { ready: true, address: addressOf(last.host, port) };
    if (last.kind === 'unhealthy' || last.kind === 'broken') answer = last;
    if (waitedMs() >= patienceMs) {
      const telling = last.kind === 'silent' ? (answer ?? last) : last;
      return { ready: false, last: telling, waitedMs: waitedMs() };
    }
    const pause = last.kind === 'refused' ? refusedPause(waitedMs()) : unhealthyPauseMs;
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
};
