import { kindId } from '@causeway/model';
import { bookmark } from './bookmarks.ts';
import { tooOld } from './event-log.ts';
import { followLog, type WatchParts } from './follow-log.ts';
import { keptHistory, type PastChange } from './kept-history.ts';
import { reach } from './list.ts';
import { listPage } from './list-page.ts';
import { seenThrough } from './seen-through.ts';
import { parseSelectors, type Selection } from './selectors.ts';
import type { TakeEvent, Watch } from './store.ts';

/** Tells of the changes that the log in memory holds no more. Says up to which revision they went. */
const tellOlder = async (
  { cache, database, kind, options }: WatchParts,
  from: number,
  tell: (change: PastChange) => void | Promise<void>,
): Promise<number> => {
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
        await tell(change.beforeKnown ? change : { ...change, before: change.object });
      }
    done = upTo;
  }
  return done;
};

const runWatch = async (
  parts: WatchParts,
  { matches, labels }: Selection,
  take: TakeEvent,
): Promise<void> => {
  const { cache, fresh, kind, options } = parts;
  const { signal, bookmarks } = options;
  const tell: TakeEvent = event => (signal.aborted ? undefined : take(event));
  const kindCache = cache.kind(kindId(kind));
  const given = Number(options.resourceVersion ?? 0);
  const initial = options.sendInitialEvents ?? given === 0;
  if (initial && given > 0) await reach(parts, given);
  else if (options.resourceVersion !== '0') await fresh();

  let from = given > 0 ? given : cache.revision;
  if (initial) {
    from = cache.revision;
    const { items } = listPage(kindCache, { namespace: options.namespace, matches, labels });
    for (const object of items) await tell({ type: 'ADDED', object });
    if (options.sendInitialEvents && bookmarks) await tell(bookmark(kind, from, true));
  }
  if (from < kindCache.log.floor)
    from = await tellOlder(parts, from, change => {
      const event = seenThrough(matches, change);
      return event && tell(event);
    });
  if (!signal.aborted) await followLog(parts, from, matches, take);
};

/** Changes of a kind, in order, none left out and none twice, until the signal ends it. Throws at once what is wrong with the selectors. */
export const watchChanges = (parts: WatchParts): Watch => {
  const selection = parseSelectors(parts.kind, parts.options);
  return take => runWatch(parts, selection, take);
};
