import { apiVersionOf, type KindDefinition, type KindObject, kindId } from '@causeway/model';
import type { Change } from './event-log.ts';
import { tooOld } from './event-log.ts';
import { keptHistory, type PastChange } from './kept-history.ts';
import { type ListParts, reach } from './list.ts';
import { listPage } from './list-page.ts';
import { type Matches, parseSelectors, type Selection } from './selectors.ts';
import type { WatchEvent, WatchOptions } from './store.ts';

const bookmarkEveryMs = 30_000;
/** So long before a watch ends by itself it says how far it came. */
const farewellMs = 2_000;

/** What a change looks like through a selector: an object that ceases to match is DELETED, one that begins to is ADDED. */
const seenThrough = (matches: Matches | undefined, change: Change): WatchEvent | undefined => {
  if (!matches) return { type: change.type, object: change.object };
  const before = change.before !== undefined && matches(change.before);
  const after = change.type !== 'DELETED' && matches(change.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!before) return undefined;
  if (change.type === 'DELETED') return { type: 'DELETED', object: change.object };
  return { type: 'DELETED', object: lastSeen(change) };
};

/** What a selection saw last of an object that leaves it, at the version at which it left. */
const lastSeen = ({ before, object }: Change): KindObject => {
  const { metadata, ...rest } = before as KindObject;
  return { ...rest, metadata: { ...metadata, resourceVersion: object.metadata.resourceVersion } };
};

const bookmark = (kind: KindDefinition, revision: number, initialEnd: boolean): WatchEvent => ({
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

export interface WatchParts extends ListParts {
  readonly kind: KindDefinition;
  readonly options: WatchOptions;
}

/** When the next bookmark is due: regularly, and shortly before the end. */
const bookmarkTimes = ({ clock, options: { bookmarks, endsAfterMs } }: WatchParts) => {
  const began = clock.elapsed();
  const farewell = (endsAfterMs ?? Number.POSITIVE_INFINITY) - farewellMs + began;
  let due = began + bookmarkEveryMs;
  if (farewell > began) due = Math.min(due, farewell);
  return {
    wait: () => (bookmarks ? Math.max(0, due - clock.elapsed()) : Number.POSITIVE_INFINITY),
    next: () => {
      const now = clock.elapsed();
      const regular = now + bookmarkEveryMs;
      if (now < farewell) due = Math.min(regular, farewell);
      else due = Number.isFinite(farewell) ? Number.POSITIVE_INFINITY : regular;
    },
  };
};

/** The changes that the log in memory holds no more. Says up to which revision they went. */
async function* olderChanges(
  { cache, database, kind, options }: WatchParts,
  from: number,
): AsyncGenerator<PastChange, number> {
  const id = kindId(kind);
  const { log } = cache.kind(id);
  const selects = Boolean(options.labelSelector || options.fieldSelector);
  let done = from;
  while (done < log.floor) {
    const upTo = cache.revision;
    for await (const changes of keptHistory(database, cache, id, done, upTo))
      for (const change of changes) {
        if (options.signal.aborted) return done;
        // Whether it ceased to match or never did is not known any more.
        if (selects && !change.beforeKnown) throw tooOld(from, change.revision);
        yield change.beforeKnown ? change : { ...change, before: change.object };
      }
    done = upTo;
  }
  return done;
}

async function* watchEvents(parts: WatchParts, { matches, labels }: Selection): AsyncGenerator<WatchEvent> {
  const { cache, clock, fresh, kind, options } = parts;
  const { signal, bookmarks } = options;
  const kindCache = cache.kind(kindId(kind));
  const { log } = kindCache;
  const given = Number(options.resourceVersion ?? 0);
  const initial = options.sendInitialEvents ?? given === 0;
  if (initial && given > 0) await reach(parts, given);
  else if (options.resourceVersion !== '0') await fresh();

  let from = given > 0 ? given : cache.revision;
  if (initial) {
    from = cache.revision;
    const { items } = listPage(kindCache, { namespace: options.namespace, matches, labels });
    for (const object of items) yield { type: 'ADDED', object };
    if (options.sendInitialEvents && bookmarks) yield bookmark(kind, from, true);
  }
  if (from < log.floor) {
    const older = olderChanges(parts, from);
    for (let next = await older.next(); ; next = await older.next()) {
      if (next.done) {
        from = next.value;
        break;
      }
      const event = seenThrough(matches, next.value);
      if (event) yield event;
    }
  }
  let position = log.positionAfter(from);
  const due = bookmarkTimes(parts);
  while (!signal.aborted) {
    const change = log.at(position);
    if (change) {
      position += 1;
      // A version that was not there yet when it was asked for: what leads to it is not news.
      const event = change.revision > from ? seenThrough(matches, change) : undefined;
      if (event) yield event;
    } else if (due.wait() <= 0) {
      due.next();
      yield bookmark(kind, Math.max(cache.revision, from), false);
    } else
      await log.next(signal, wake =>
        Number.isFinite(due.wait()) ? clock.after(due.wait(), wake) : () => {},
      );
  }
}

/** Changes of a kind, in order, none left out and none twice, until the signal ends it. Throws at once what is wrong with the selectors. */
export const watchChanges = (parts: WatchParts): AsyncGenerator<WatchEvent> =>
  watchEvents(parts, parseSelectors(parts.kind, parts.options));
