import {
  isPlatformError,
  type KindDefinition,
  type KindObject,
  keyOf,
  kindId,
  type ObjectKey,
  type OwnerReference,
} from '@causeway/model';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LeaseKeeper } from '../lease/lease-keeper.ts';
import { ShardedQueue } from '../lease/sharded-queue.ts';
import type { QueueReading } from '../metrics/observer.ts';
import type { Cache } from '../store/cache.ts';
import { pendingPropagation } from '../store/propagation.ts';
import type { Actor, Store } from '../store/store.ts';
import { type PropagationParts, propagateDeletion } from './propagate-deletion.ts';

const actor: Actor = { user: 'system:server', from: 'garbage-collector' };

/** Deletes what has owners, and all of them are gone; and does what a deletion asked for those that belong to its object. */
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

  const byName = new Map(kinds.map(kind => [kind.kind, kind]));

  /** An owner of a kind that is not known here, or out of sight, counts as there. */
  const isGone =
    ({ metadata }: KindObject) =>
    (owner: OwnerReference): boolean => {
      const kind = byName.get(owner.kind);
      const namespace = kind?.scope === 'Cluster' ? '' : metadata.namespace;
      if (!kind || namespace === undefined) return false;
      return cache.get(kindId(kind), { namespace, name: owner.name })?.metadata.uid !== owner.uid;
    };
  const goneOwnersOf = (object: KindObject): readonly OwnerReference[] =>
    (object.metadata.ownerReferences ?? []).filter(isGone(object));

  /** Objects that are being deleted and wait for what is to become of those that belong to them, by uid. */
  const waiting = new Map<string, { kind: KindDefinition; key: ObjectKey }>();
  const noteWaiting = (kind: KindDefinition | undefined, object: KindObject, isThere: boolean): void => {
    if (kind && isThere && pendingPropagation(object))
      waiting.set(object.metadata.uid, { kind, key: keyOf(object) });
    else waiting.delete(object.metadata.uid);
  };
  for (const kind of kinds)
    for (const object of cache.kind(kindId(kind)).objects.values()) noteWaiting(kind, object, true);

  const propagation: PropagationParts = {
    store,
    actor,
    dependents: uid =>
      cache.dependents(uid).flatMap(({ kind: id, key }) => {
        const kind = byId.get(id);
        const object = cache.get(id, key);
        return kind && object ? [{ kind, object }] : [];
      }),
    stays: (dependent, owner) => !isGone(dependent)(owner) && !waiting.has(owner.uid),
  };

  const collect = async (uid: string): Promise<undefined> => {
    const held = waiting.get(uid);
    const owner = held && cache.get(kindId(held.kind), held.key);
    if (owner?.metadata.uid === uid) {
      await propagateDeletion(propagation, { kind: held?.kind as KindDefinition, object: owner });
      return;
    }
    await Promise.all(
      cache.dependents(uid).map(async ({ kind: dependentId, key }) => {
        const kind = byId.get(dependentId);
        const object = cache.get(dependentId, key);
        if (!kind || !object || object.metadata.deletionTimestamp) return;
        if (!object.metadata.ownerReferences?.every(isGone(object))) return;
        try {
          await store.delete(kind, key, actor, { uid: object.metadata.uid });
        } catch (error) {
          if (!isPlatformError(error, 'NotFound') && !isPlatformError(error, 'Conflict')) throw error;
        }
      }),
    );
  };

  /** Owners that are named and are not there: they may have gone while nobody looked. */
  const goneOwners = (): ReadonlySet<string> =>
    new Set([
      ...waiting.keys(),
      ...kinds
        .flatMap(kind => [...cache.kind(kindId(kind)).objects.values()])
        .flatMap(goneOwnersOf)
        .map(({ uid }) => uid),
    ]);

  const queue = new ShardedQueue(collect, {
    clock: parts.clock,
    chance: parts.chance,
    leases: parts.leases,
    concurrency: 4,
    keys: goneOwners,
    onError: (uid, error) => parts.log(`garbage collector: dependents of ${uid}: ${String(error)}`),
  });
  cache.subscribe(change => {
    const { uid } = change.object.metadata;
    noteWaiting(byId.get(change.kind), change.object, change.type !== 'DELETED');
    if (waiting.has(uid)) queue.add(uid);
    for (const object of [change.object, change.before])
      for (const owner of object?.metadata.ownerReferences ?? [])
        if (waiting.has(owner.uid)) queue.add(owner.uid);
    if (change.type === 'DELETED') queue.add(change.object.metadata.uid);
    // Made for an owner that was deleted meanwhile.
    else for (const { uid } of goneOwnersOf(change.object)) queue.add(uid);
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
