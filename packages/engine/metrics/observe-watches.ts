import { isPlatformError, kindId } from '@causeway/model';
import type { Store, WatchEvent } from '../store/store.ts';
import type { EngineObserver, WatchEnding } from './observer.ts';

async function* counted(
  kind: string,
  events: AsyncIterable<WatchEvent>,
  observer: EngineObserver,
): AsyncGenerator<WatchEvent> {
  let ending: WatchEnding = 'left';
  observer.watchBegan(kind);
  try {
    for await (const event of events) {
      observer.watchSent(kind);
      yield event;
    }
  } catch (error) {
    ending = isPlatformError(error, 'Expired') ? 'expired' : 'failed';
    throw error;
  } finally {
    observer.watchEnded(kind, ending);
  }
}

/** The store, with its watches told to the observer. */
export const observeWatches = (store: Store, observer: EngineObserver): Store => ({
  ...store,
  watch: (kind, options) => counted(kindId(kind), store.watch(kind, options) as never, observer) as never,
});
