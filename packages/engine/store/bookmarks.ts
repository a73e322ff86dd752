import { apiVersionOf, type KindDefinition, type KindObject } from '@causeway/model';
import type { Clock } from '../clock.ts';
import type { WatchEvent, WatchOptions } from './store.ts';

const everyMs = 30_000;
/** So long before a watch ends by itself it says how far it came. */
const farewellMs = 2_000;

/** Up to which revision a watch has heard of everything; `initialEnd`: what was there when it began is complete. */
export const bookmark = (kind: KindDefinition, revision: number, initialEnd: boolean): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      resourceVersion: String(revision),
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  } as unknown as KindObject,
});

/** Calls back when a bookmark is due, to those who want any: regularly, and shortly before the end. The result ends it. */
export const whenBookmarkIsDue = (
  clock: Clock,
  { bookmarks, endsAfterMs = Number.POSITIVE_INFINITY }: WatchOptions,
  callback: () => void,
): (() => void) => {
  let due = clock.elapsed();
  const farewell = due + endsAfterMs - farewellMs;
  let cancel = () => {};
  const wait = () => {
    if (!bookmarks || due >= farewell) return;
    const now = clock.elapsed();
    due = Math.min(now + everyMs, farewell);
    cancel = clock.after(due - now, () => {
      callback();
      wait();
    });
  };
  wait();
  return () => cancel();
};
