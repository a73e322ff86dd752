import { type KindDefinition, kindId } from '@causeway/model';
import { bookmark, whenBookmarkIsDue } from './bookmarks.ts';
import type { ListParts } from './list.ts';
import { seenThrough } from './seen-through.ts';
import type { Matches } from './selectors.ts';
import type { TakeEvent, WatchEvent, WatchOptions } from './store.ts';

export interface WatchParts extends ListParts {
  readonly kind: KindDefinition;
  readonly options: WatchOptions;
}

/** Hands on the changes after a revision, as they come, until the signal ends it. Rejects when what is to be read was dropped. */
export const followLog = (
  parts: WatchParts,
  from: number,
  matches: Matches | undefined,
  take: TakeEvent,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const { cache, clock, kind, options } = parts;
    const { signal } = options;
    const { log } = cache.kind(kindId(kind));
    let position = log.positionAfter(from);
    let bookmarkDue = false;
    /** Whoever takes the events has not done with the last one. */
    let busy = false;

    const next = (): WatchEvent | undefined => {
      for (let change = log.at(position); change; change = log.at(position)) {
        position += 1;
        // A version that was not there yet when it was asked for: what leads to it is not news.
        const event = change.revision > from ? seenThrough(matches, change) : undefined;
        if (event) return event;
      }
      if (!bookmarkDue) return undefined;
      bookmarkDue = false;
      return bookmark(kind, Math.max(cache.revision, from), false);
    };
    const readOn = (): void => {
      try {
        while (!busy && !signal.aborted) {
          const event = next();
          if (!event) return;
          const taken = take(event);
          if (!taken) continue;
          busy = true;
          taken.then(() => {
            busy = false;
            readOn();
          }, fail);
        }
      } catch (error) {
        fail(error);
      }
    };
    const leave = log.follow(readOn);
    const cancelBookmarks = whenBookmarkIsDue(clock, options, () => {
      bookmarkDue = true;
      readOn();
    });
    const end = (): void => {
      leave();
      cancelBookmarks();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const fail = (error: unknown): void => {
      reject(error);
      end();
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    else readOn();
  });
