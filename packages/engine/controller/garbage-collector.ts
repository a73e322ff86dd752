import { isPlatformError, type KindDefinition, kindId } from '@causeway/model';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Cache } from '../store/cache.ts';
import type { Actor, Store } from '../store/store.ts';
import { WorkQueue } from './work-queue.ts';

const actor: Actor = { user: 'system:server', from: 'garbage-collector' };

/** Deletes what names a gone object as its only owner. */
export const runGarbageCollector = (parts: {
  cache: Cache;
  store: Store;
  kinds: readonly KindDefinition[];
  clock: Clock;
  chance: Chance;
  log: (line: string) => void;
}): { stop(): Promise<void>; readonly settled: boolean } => {
  const { cache, store, kinds } = parts;
  const byId = new Map(kinds.map(kind => [kindId(kind), kind]));

  const collect = async (uid: string): Promise<undefined> => {
    await Promise.all(
      cache.dependents(uid).map(async ({ kind: dependentId, key }) => {
        const kind = byId.get(dependentId);
        const object = cache.get(dependentId, key);
        if (!kind || !object || object.metadata.deletionTimestamp) return;
        const others = (object.metadata.ownerReferences ?? []).filter(owner => owner.uid !== uid);
        if (others.length > 0) return;
        try {
          await store.delete(kind, key, actor, { uid: object.metadata.uid });
        } catch (error) {
          if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'Conflict')) throw error;
        }
      }),
    );
  };

  const queue = new WorkQueue(collect, {
    clock: parts.clock,
    chance: parts.chance,
    concurrency: 4,
    onError: (uid, error) => parts.log(`garbage collector: dependents of ${uid}: ${String(error)}`),
  });
  cache.subscribe(change => {
    if (change.type === 'DELETED') queue.add(change.object.metadata.uid);
  });
  // An owner may have gone while no server ran.
  const alive = new Set<string>();
  for (const kind of kinds)
    for (const object of cache.kind(kindId(kind)).objects.values()) alive.add(object.metadata.uid);
  for (const kind of kinds)
    for (const object of cache.kind(kindId(kind)).objects.values())
      for (const owner of object.metadata.ownerReferences ?? [])
        if (!alive.has(owner.uid)) queue.add(owner.uid);
  return {
    stop: () => queue.stop(),
    get settled() {
      return queue.settled;
    },
  };
};
