import { isPlatformError } from '@causeway/model';
import type { Clock } from '../clock.ts';
import type { Batch, Database } from '../database/database.ts';
import type { EngineObserver } from './observer.ts';

/** The database, with each commit told to the observer. */
export const observeDatabase = (database: Database, observer: EngineObserver, clock: Clock): Database => {
  const timed = async (batch: Batch, commit: () => Promise<boolean>): Promise<boolean> => {
    const began = clock.elapsed();
    const tell = (outcome: 'committed' | 'moved' | 'lost' | 'failed') =>
      observer.commit(outcome, (clock.elapsed() - began) / 1000, batch.changes.length);
    try {
      const there = await commit();
      tell(there ? 'committed' : 'moved');
      return there;
    } catch (error) {
      tell(isPlatformError(error, 'Unavailable') ? 'lost' : 'failed');
      throw error;
    }
  };
  return {
    ...database,
    commitAfter: (head, batch) => timed(batch, () => database.commitAfter(head, batch)),
    async lock() {
      const turn = await database.lock();
      return {
        ...turn,
        async commit(batch) {
          await timed(batch, () => turn.commit(batch).then(() => true));
        },
      };
    },
    async committed(batch) {
      const happened = await database.committed(batch);
      observer.lookedUp(happened);
      return happened;
    },
  };
};
