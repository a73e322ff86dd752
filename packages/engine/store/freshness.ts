import type { Database } from '../database/database.ts';
import type { Cache } from './cache.ts';

/**
 * Waits until the cache shows all that was committed before the call. One question to the database is under way at a time: it
 * answers all who asked before it was sent, and who asks later shares the next one.
 */
export const createFreshness = (
  database: Pick<Database, 'revision' | 'load' | 'changesAfter'>,
  cache: Cache,
): (() => Promise<void>) => {
  let underWay: Promise<number> | undefined;
  let next: Promise<number> | undefined;

  const ask = (): Promise<number> => {
    next = undefined;
    const asked = database.revision();
    const ended = () => {
      if (underWay === asked) underWay = undefined;
    };
    underWay = asked;
    asked.then(ended, ended);
    return asked;
  };

  /** The newest revision, as of some moment after the call. */
  const newest = (): Promise<number> => {
    // Everyone who asks in the same turn of the event loop shares a question, too.
    next ??= (underWay ?? Promise.resolve()).then(ask, ask);
    return next;
  };

  return async () => {
    const revision = await newest();
    if (cache.revision < revision) await cache.catchUp(database, database);
  };
};
