import { isPlatformError, kindId } from '@causeway/model';
import type { Store, Watch } from '../store/store.ts';
import type { EngineObserver, WatchEnding } from './observer.ts';

const counted =
  (kind: string, watch: Watch, observer: EngineObserver): Watch =>
  async take => {
    let ending: WatchEnding = 'left';
    observer.watchBegan(kind);
    try {
      await watch(event => {
        observer.watchSent(kind);
        return take(event);
      });
    } catch (error) {
      ending = isPlatformError(error, 'Expired') ? 'expired' : 'failed';
      throw error;
    } finally {
      observer.watchEnded(kind, ending);
    }
  };

/** The store, with its watches told to the observer. */
export const observeWatches = (store: Store, observer: EngineObserver): Store => ({
  ...store,
  watch: (kind, options) => counted(kindId(kind), store.watch(kind, options) as Watch, observer) as never,
});
