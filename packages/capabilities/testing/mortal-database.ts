import type { Batch, Database } from '@causeway/engine';
import { PlatformError } from '@causeway/model';

/** A server’s last moment: before or after which of its commits it dies. */
export interface Death {
  /** The commit at which it dies, from 1. */
  readonly at: number;
  /** `before`: the commit does not happen. `after`: it does, and nobody hears of it. */
  readonly when: 'before' | 'after';
}

export interface MortalDatabase {
  readonly through: (database: Database) => Database;
  /** From now on its commits count. */
  begin(death: Death): void;
  readonly dead: boolean;
  /** Commits since `begin`. */
  readonly commits: number;
}

/** Ends a server at one exact commit, as `kill -9` does: from then on nothing it does reaches the database. */
export const mortalDatabase = (): MortalDatabase => {
  let death: Death | undefined;
  let commits = 0;
  let dead = false;
  const gone = () => new PlatformError('Unavailable', 'this server is dead');
  const live = <T>(work: () => Promise<T>): Promise<T> => (dead ? Promise.reject(gone()) : work());
  const commit = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw gone();
    if (!death) return work();
    commits += 1;
    if (commits !== death.at) return work();
    dead = true;
    if (death.when === 'after') await work();
    throw gone();
  };
  const through = (database: Database): Database =>
    new Proxy(database, {
      get(target, name: keyof Database) {
        const method = target[name] as (...given: unknown[]) => Promise<unknown>;
        if (name === 'close' || name === 'listen') return method.bind(target);
        if (name === 'commitAfter')
          return (head: never, batch: Batch) => commit(() => target.commitAfter(head, batch));
        if (name === 'lock')
          return () =>
            live(async () => {
              const turn = await target.lock();
              return { ...turn, commit: (batch: Batch) => commit(() => turn.commit(batch)) };
            });
        return (...given: unknown[]) => live(() => method.apply(target, given));
      },
    });
  return {
    through,
    begin(next) {
      death = next;
    },
    get dead() {
      return dead;
    },
    get commits() {
      return commits;
    },
  };
};
