import type { KindObject } from '@causeway/model';
import type { Change } from './event-log.ts';
import type { Matches } from './selectors.ts';
import type { WatchEvent } from './store.ts';

/** What a change looks like through a selector: an object that ceases to match is DELETED, one that begins to is ADDED. */
export const seenThrough = (matches: Matches | undefined, change: Change): WatchEvent | undefined => {
  if (!matches) return change;
  const before = change.before !== undefined && matches(change.before);
  const after = change.type !== 'DELETED' && matches(change.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!before) return undefined;
  if (change.type === 'DELETED') return change;
  return { type: 'DELETED', object: lastSeen(change) };
};

const leaving = new WeakMap<Change, KindObject>();

/** What a selection saw last of an object that leaves it, at the version at which it left: the same for all whom it leaves. */
const lastSeen = (change: Change): KindObject => {
  const known = leaving.get(change);
  if (known) return known;
  const { metadata, ...rest } = change.before as KindObject;
  const { resourceVersion } = change.object.metadata;
  const made = { ...rest, metadata: { ...metadata, resourceVersion } };
  leaving.set(change, made);
  return made;
};
