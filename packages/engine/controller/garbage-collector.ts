import { isPlatformError, type KindDefinition, kindId } from '@causeway/model';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LeaseKeeper } from '../lease/lease-keeper.ts';
import { ShardedQueue } from '../lease/sharded-queue.ts';
import type { QueueReading } from '../metrics/observer.ts';
import type { Cache } from '../store/cache.ts';
import type { Actor, Store } from '../store/store.ts';

const actor: Actor = { user: 'system:server', from: 'garbage-collector' };

/** Deletes what names a gone object as its only owner. */
export const runGarbageCollector = (parts: {
  cache: Cache;
  store: Store;
  kinds: readonly KindDefinition[];
  clock: Clock;
  chance: Chance;
  leases: LeaseKeeper;
  log: (line: string) => void;
}): { stop(): Promise<void>; readonly settled: boolean; readonly queue: QueueReading } => {
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

  /** Owners that are named and are not there: they may have gone while nobody looked. */
  const goneOwners = (): ReadonlySet<string> => {
    const objects = kinds.flatMap(kind => [...cache.kind(kindId(kind)).objects.values()]);
    const alive = new Set(objects.map(({ metadata }) => metadata.uid));
    const named = objects.flatMap(({ metadata }) => metadata.ownerReferences ?? []);
    return new Set(named.map(({ uid }) => uid).filter(uid => !alive.has(uid)));
  };

  const queue = new ShardedQueue(collect, {
    clock: parts.clock,
    chance: parts.chance,
    leases: parts.leases,
    concurrency: 4,
    keys: goneOwners,
    onError: (uid, error) => parts.log(`garbage collector: dependents of ${uid}: ${String(error)}`),
  });
  cache.subscribe(change => {
    if (change.type === 'DELETED') queue.add(change.object.metadata.uid);
  });
  return {
    stop: () => queue.stop(),
    get settled() {
      return queue.settled;
    },
    get queue() {
      return queue.reading('garbage-collector');
    },
  };
};
