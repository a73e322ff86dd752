import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { Decide } from '../store/writer.ts';

/** Where the time of one request went, as far as the engine had it. Milliseconds. */
export interface TimeSpent {
  /** Waiting for a batch to be written in. */
  queued: number;
  /** Checking the change and making the next object. */
  decide: number;
  /** Waiting for PostgreSQL: a commit, or the newest revision for a read. */
  database: number;
  /** When the engine last gave an answer, as `performance.now()` has it. */
  answeredAt: number;
}

/** What runs within has its time added up. Whoever asks nothing here pays nothing. */
export const timeSpent = new AsyncLocalStorage<TimeSpent>();

export interface WritesDecisions {
  write(decide: Decide): ReturnType<import('../store/writer.ts').Writer['write']>;
}

/** The writer, with the time of whoever writes added up. */
export const timeWrites = (writer: WritesDecisions, clock: Clock): WritesDecisions => ({
  async write(decide) {
    const spent = timeSpent.getStore();
    if (!spent) return writer.write(decide);
    let since = clock.elapsed();
    let decided = false;
    const timed: Decide = view => {
      const began = clock.elapsed();
      if (decided) spent.database += began - since;
      else spent.queued += began - since;
      decided = true;
      try {
        return decide(view);
      } finally {
        since = clock.elapsed();
        spent.decide += since - began;
      }
    };
    try {
      return await writer.write(timed);
    } finally {
      spent.answeredAt = clock.elapsed();
      spent[decided ? 'database' : 'queued'] += spent.answeredAt - since;
    }
  },
});

/** The store, with the time of whoever reads added up. */
export const timeReads = (store: Store, clock: Clock): Store => {
  const timed = async <T>(read: () => Promise<T>): Promise<T> => {
    const spent = timeSpent.getStore();
    if (!spent) return read();
    const began = clock.elapsed();
    try {
      return await read();
    } finally {
      spent.answeredAt = clock.elapsed();
      spent.database += spent.answeredAt - began;
    }
  };
  return {
    ...store,
    get: (kind, key, options) => timed(() => store.get(kind, key, options)),
    list: (kind, options) => timed(() => store.list(kind, options)),
  };
};
