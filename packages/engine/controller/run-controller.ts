import { isPlatformError, keyOf, keyText, kindId, type ObjectKey, parseKey } from '@causeway/model';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Cache } from '../store/cache.ts';
import type { Controller, ControllerDefinition } from './controller.ts';
import { WorkQueue } from './work-queue.ts';

const reconcileTimeoutMs = 60_000;

export interface ControllerParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly chance: Chance;
  /** One line for the server’s log. */
  readonly log: (line: string) => void;
}

/** Runs a controller over the cache: every object once at the start, then each that changed. */
export const runController = (
  definition: ControllerDefinition,
  { cache, clock, chance, log }: ControllerParts,
): Controller & { readonly settled: boolean } => {
  const stopping = new AbortController();
  const queue = new WorkQueue(
    async key => {
      const timeout = new AbortController();
      const cancel = clock.after(reconcileTimeoutMs, () => timeout.abort());
      try {
        const signal = AbortSignal.any([stopping.signal, timeout.signal]);
        return (await definition.reconcile(parseKey(key), signal)) ?? undefined;
      } finally {
        cancel();
      }
    },
    {
      clock,
      chance,
      concurrency: definition.concurrency ?? 8,
      onError: (key, error) => {
        // Somebody else was faster, or the database is away: the retry is the answer, not news.
        if (isPlatformError(error, 'Conflict') || isPlatformError(error, 'Unavailable')) return;
        log(
          `controller ${definition.name}: ${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      },
    },
  );
  const own = kindId(definition.kind);
  const watches = new Map((definition.watches ?? []).map(watch => [kindId(watch.kind), watch.keys]));
  cache.subscribe(({ kind, object, before }) => {
    if (kind === own) queue.add(keyText(keyOf(object)));
    const keys = watches.get(kind);
    if (!keys) return;
    for (const key of keys(object)) queue.add(keyText(key));
    if (before) for (const key of keys(before)) queue.add(keyText(key));
  });
  for (const key of cache.kind(own).sortedKeys()) queue.add(key);
  return {
    nudge: (key: ObjectKey) => queue.add(keyText(key)),
    get settled() {
      return queue.settled;
    },
    async stop() {
      stopping.abort();
      await queue.stop();
    },
  };
};
