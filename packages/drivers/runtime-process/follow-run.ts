import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs, type FailureReport, type HttpSettings } from '@causeway/model';
import { awaitReady } from './await-ready.ts';
import type { Exit } from './exit-watch.ts';
import type { Machine } from './machine.ts';
import { isForeign } from './port-owner.ts';
import { addressOf, probe } from './probe.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { whyForeign, whyNotReady, whyTooLong } from './run-evidence.ts';
import type { WorkloadRecord } from './workload-record.ts';

/** How a run came to its end. Without an exit it still goes on and is to be ended, for the reason given. */
export type Ending = { readonly exit: Exit } | { readonly failure: FailureReport };

/** A run and whom to tell about it. */
export interface Followed {
  readonly machine: Machine;
  /** As it is now. */
  readonly record: () => WorkloadRecord;
  readonly shim: ProcessIdentity | undefined;
  readonly exited: Promise<Exit>;
  readonly onReady: (address?: string) => void;
  readonly onUnready: (failure: FailureReport) => void;
}

/** Between looks at a service that was ready and does not answer well now. */
const unreadyEveryMs = 1000;

/** Sleeps, or not to its end when the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

/** Stays with a run until it has ended or must be ended; `undefined` when the signal aborts first: it is to be left alone. */
export const followRun = async (run: Followed, leaving: AbortSignal): Promise<Ending | undefined> => {
  const ended = new AbortController();
  let exit: Exit | undefined;
  void run.exited.then(found => {
    exit = found;
    ended.abort();
  });
  const either = AbortSignal.any([leaving, ended.signal]);
  const failure =
    run.record().workload.mode === 'once' ? await followOnce(run, either) : await followService(run, either);
  if (leaving.aborted) return undefined;
  return exit ? { exit } : { failure: failure! };
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Returns a failure when it must be ended, or `undefined` once the signal has aborted; so do all of the following. */
const followOnce = async (
  { machine, record }: Followed,
  signal: AbortSignal,
): Promise<FailureReport | undefined> => {
  const { workload, state } = record();
  const { timeoutMs } = workload;
  if (timeoutMs === undefined) {
    await untilAborted(signal);
    return undefined;
  }
  const ranMs = Math.max(0, Date.now() - Date.parse(state.startedAt!));
  await pause(Math.max(0, timeoutMs - ranMs), signal);
  return signal.aborted ? undefined : whyTooLong(machine, record(), timeoutMs);
};

const followService = async (run: Followed, signal: AbortSignal): Promise<FailureReport | undefined> => {
  const { http } = run.record().workload;
  const isReady = run.record().state.phase === 'Ready';
  if (http)
    return (isReady ? undefined : await followStart(run, http, signal)) ?? followHealth(run, http, signal);
  if (!isReady) await pause(run.machine.timing.settleMs, signal);
  if (!isReady && !signal.aborted) run.onReady();
  await untilAborted(signal);
  return undefined;
};

const followStart = async (
  run: Followed,
  http: HttpSettings,
  signal: AbortSignal,
): Promise<FailureReport | undefined> => {
  const { machine, shim } = run;
  const { workload, port, uid, state } = run.record();
  const claim = { id: workload.id, port: port!, shim, uid };
  const readiness = await awaitReady(
    port!,
    http,
    Date.parse(state.startedAt!),
    () => isForeign(claim),
    signal,
  );
  if (!readiness) return undefined;
  if (!readiness.ready) {
    const { last, waitedMs } = readiness;
    if (last === 'foreign') return whyForeign(machine, run.record());
    return whyNotReady(machine, run.record(), shim, http, last, waitedMs);
  }
  run.onReady(readiness.address);
  return undefined;
};

/** A service that gives no answer at all, for as long as a start may take, must be ended. */
const followHealth = async (
  run: Followed,
  http: HttpSettings,
  signal: AbortSignal,
): Promise<FailureReport | undefined> => {
  const { healthEveryMs, healthFailures, healthTimeoutMs } = run.machine.timing;
  const port = run.record().port!;
  let badSince: number | undefined;
  for (let bad = 0; !signal.aborted; ) {
    const isReady = run.record().state.phase === 'Ready';
    await pause(isReady ? healthEveryMs : unreadyEveryMs, signal);
    const found = await probe(port, http, healthTimeoutMs, signal);
    if (signal.aborted) return undefined;
    if (found.kind === 'ready') {
      bad = 0;
      badSince = undefined;
      if (!isReady) run.onReady(addressOf(found.host, port));
      continue;
    }
    bad += 1;
    badSince ??= performance.now();
    if (bad < healthFailures) continue;
    const badForMs = Math.round(performance.now() - badSince);
    const failure = await whyNotReady(run.machine, run.record(), run.shim, http, found, badForMs);
    if (signal.aborted) return undefined;
    if (isReady) run.onUnready(failure);
    const answers = found.kind === 'unhealthy' || found.kind === 'broken';
    if (!answers && badForMs > durationMs(http.startTimeout)) return failure;
  }
  return undefined;
};
