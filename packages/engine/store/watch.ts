import { apiVersionOf, type KindDefinition, type KindObject, kindId } from '@causeway/model';
import type { Clock } from '../clock.ts';
import type { Cache } from './cache.ts';
import type { Change } from './event-log.ts';
import { listPage } from './list-page.ts';
import { type Matches, parseSelectors } from './selectors.ts';
import type { WatchEvent, WatchOptions } from './store.ts';

const bookmarkEveryMs = 30_000;

/** What a change looks like through a selector: an object that ceases to match is DELETED, one that begins to is ADDED. */
const seenThrough = (matches: Matches | undefined, change: Change): WatchEvent | undefined => {
  if (!matches) return { type: change.type, object: change.object };
  const before = change.before !== undefined && matches(change.before);
  const after = change.type !== 'DELETED' && matches(change.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!before) return undefined;
  return { type: 'DELETED', object: change.object };
};

const bookmark = (kind: KindDefinition, revision: number, initialEnd: boolean): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  } as unknown as KindObject,
});

export interface WatchParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly fresh: () => Promise<void>;
  readonly kind: KindDefinition;
  readonly options: WatchOptions;
}

/** Changes of a kind, in order, none left out and none twice, until the signal ends it. */
export async function* watchChanges({
  cache,
  clock,
  fresh,
  kind,
  options,
}: WatchParts): AsyncGenerator<WatchEvent> {
  const matches = parseSelectors(kind, options);
  const from =
    options.resourceVersion && options.resourceVersion !== '0' ? Number(options.resourceVersion) : undefined;
  const { log } = cache.kind(kindId(kind));
  await fresh();
  const initial = options.sendInitialEvents ?? from === undefined;
  let position = initial ? log.end : log.positionAfter(from ?? cache.revision);
  if (initial) {
    const { items, resourceVersion } = listPage(cache, kind, matches, {});
    for (const object of items) yield { type: 'ADDED', object };
    if (options.sendInitialEvents) yield bookmark(kind, Number(resourceVersion), true);
  }
  let lastBookmark = clock.elapsed();
  while (!options.signal.aborted) {
    const change = log.at(position);
    if (change) {
      position += 1;
      const event = seenThrough(matches, change);
      if (event) yield event;
      continue;
    }
    const { revision } = cache;
    if (options.bookmarks && clock.elapsed() - lastBookmark >= bookmarkEveryMs) {
      lastBookmark = clock.elapsed();
      yield bookmark(kind, revision, false);
      continue;
    }
    await log.next(options.signal, wake =>
      options.bookmarks ? clock.after(bookmarkEveryMs, wake) : () => {},
    );
  }
}
