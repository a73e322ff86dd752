import { isPlatformError, keyOf, keyText, kindId, type ObjectKey, parseKey } from '@causeway/model';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LeaseKeeper } from '../lease/lease-keeper.ts';
import { ShardedQueue } from '../lease/sharded-queue.ts';
import type { EngineObserver, QueueReading, ReconcileOutcome } from '../metrics/observer.ts';
import type { Cache } from '../store/cache.ts';
import type { Change } from '../store/event-log.ts';
import type { Controller, ControllerDefinition } from './controller.ts';

const reconcileTimeoutMs = 60_000;

export interface ControllerParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly leases: LeaseKeeper;
  readonly observer: EngineObserver;
  /** One line for the server’s log. */
  readonly log: (line: string) => void;
  /** Tells the server whose key it is. */
  readonly nudgeOthers: (controller: string, key: string) => void;
}

export interface RunningController extends Controller {
  readonly name: string;
  readonly settled: boolean;
  readonly queue: QueueReading;
  /** Looks at a key if it is this server’s. */
  look(key: string): void;
  /** Looks at all keys of this server’s. */
  lookAtAll(): void;
}

/** Runs a controller over the cache: every object of this server’s share once at the start, then each that changed. */
export const runController = (
  definition: ControllerDefinition,
  { cache, clock, chance, leases, observer, log, nudgeOthers }: ControllerParts,
): RunningController => {
  const { name } = definition;
  const own = kindId(definition.kind);
  const reconcile = async (key: string, lost: AbortSignal) => {
    const timeout = new AbortController();
    const cancel = clock.after(reconcileTimeoutMs, () => timeout.abort());
    const began = clock.elapsed();
    let outcome: ReconcileOutcome = 'failed';
    try {
      const result = await definition.reconcile(parseKey(key), AbortSignal.any([lost, timeout.signal]));
      outcome = result?.after === undefined ? 'done' : 'again';
      return result ?? undefined;
    } finally {
      cancel();
      observer.reconciled(name, outcome, (clock.elapsed() - began) / 1000);
    }
  };
  const queue = new ShardedQueue(reconcile, {
    clock,
    chance,
    leases,
    concurrency: definition.concurrency ?? 8,
    keys: () => cache.kind(own).objects.keys(),
    onError: (key, error) => {
      // Somebody else was faster, or the database is away: the retry is the answer, not news.
      if (isPlatformError(error, 'Conflict') || isPlatformError(error, 'Unavailable')) return;
      // So is that the object went while it was looked at.
      if (isPlatformError(error, 'NotFound') && !cache.kind(own).objects.has(key)) return;
      log(
        `controller ${name}: ${key}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    },
  });
  const watches = Map.groupBy(definition.watches ?? [], ({ kind: watched }) => kindId(watched));
  const onChange = ({ kind, object, before }: Change): void => {
    if (kind === own) queue.add(keyText(keyOf(object)));
    for (const { keys, laterMs = 0 } of watches.get(kind) ?? [])
      for (const one of before ? [object, before] : [object])
        for (const key of keys(one)) queue.addAfter(keyText(key), laterMs);
  };
  cache.subscribe(onChange, new Set([own, ...watches.keys()]));
  return {
    name,
    nudge(key: ObjectKey) {
      const text = keyText(key);
      if (leases.holds(text)) queue.add(text);
      else nudgeOthers(name, text);
    },
    look: key => queue.add(key),
    lookAtAll: () => queue.addAll(),
    get settled() {
      return queue.settled;
    },
    get queue() {
      return queue.reading(name);
    },
    stop: () => queue.stop(),
  };
};
