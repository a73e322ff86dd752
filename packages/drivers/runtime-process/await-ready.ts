import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs, type HttpSettings } from '@causeway/model';
import { addressOf, type ProbeResult, probe } from './probe.ts';

export type Readiness =
  | { readonly ready: true; readonly address: string }
  | { readonly ready: false; readonly last: ProbeResult; readonly waitedMs: number };

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

/** Asks until the program serves, `deadline` (as of `Date.now()`) is over, or the signal aborts; `undefined` for the last. */
export const awaitReady = async (
  port: number,
  http: HttpSettings,
  startedAt: number,
  signal: AbortSignal,
): Promise<Readiness | undefined> => {
  const deadline = startedAt + durationMs(http.startTimeout);
  for (;;) {
    const leftMs = deadline - Date.now();
    const last = await probe(port, http, Math.max(100, Math.min(answerWithinMs, leftMs)), signal);
    if (signal.aborted) return undefined;
    if (last.kind === 'ready') return { ready: true, address: addressOf(last.host, port) };
    if (Date.now() >= deadline) return { ready: false, last, waitedMs: Date.now() - startedAt };
    const pause = last.kind === 'refused' ? refusedPause(Date.now() - startedAt) : unhealthyPauseMs;
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
};
