import type { Database, StoredChange, Turn } from '@causeway/engine';

/** Faults that a trial must find, planted between engine and database. */
export const plantedFaults = {
  /**
   * Reads do not ask for the newest revision each time: what another server acknowledged may be missing. Only late notices,
   * which do no harm by themselves, make that visible on any machine.
   */
  'stale-reads': (database: Database): Database => {
    let old: Promise<number> | undefined;
    setInterval(() => {
      old = undefined;
    }, 500).unref();
    return {
      ...database,
      revision() {
        old ??= database.revision();
        return old;
      },
      listen: ({ onRevision, onMessage }) =>
        database.listen({
          onRevision: revision => setTimeout(onRevision, 300, revision),
          onMessage,
        }),
    };
  },

  /** Some commits are acknowledged and never made. */
  'lost-commits': (database: Database): Database => {
    let commits = 0;
    const lost = (): boolean => {
      commits += 1;
      return commits % 8 === 0;
    };
    return {
      ...database,
      commitAfter: async (head, batch) => lost() || database.commitAfter(head, batch),
      async lock(): Promise<Turn> {
        const turn = await database.lock();
        return { ...turn, commit: batch => (lost() ? turn.release() : turn.commit(batch)) };
      },
    };
  },

  /** When several changes of other servers are taken over at once, one is left out. */
  'skipped-changes': (database: Database): Database => {
    const without = (changes: StoredChange[]): StoredChange[] =>
      changes.length > 1 ? changes.toSpliced(-2, 1) : changes;
    return {
      ...database,
      changesAfter: async revision => without(await database.changesAfter(revision)),
      async lock(): Promise<Turn> {
        const turn = await database.lock();
        return { ...turn, changesAfter: async revision => without(await turn.changesAfter(revision)) };
      },
    };
  },
} as const;

export type PlantedFault = keyof typeof plantedFaults;
