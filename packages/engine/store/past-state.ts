import { type KindObject, keyOf, keyText } from '@causeway/model';
import type { Database } from '../database/database.ts';
import type { Cache } from './cache.ts';
import { type Change, tooOld } from './event-log.ts';
import { keptHistory } from './kept-history.ts';

/** What the objects of a kind were at a revision, where that is not what they are now; `undefined`: it was not there. */
export type PastState = ReadonlyMap<string, KindObject | undefined>;

/** A list is not worth reading more of the history than this. */
const farthest = 65_536;

const note = (past: Map<string, KindObject | undefined>, changes: readonly Change[]): void => {
  for (const { object, before } of changes) {
    const key = keyText(keyOf(object));
    if (!past.has(key)) past.set(key, before);
  }
};

/**
 * Undoes what happened since a revision: each object’s first change after it says what it was. Throws `Expired` when that is
 * not kept, or is too far back. The result is completed when it is called, and holds until the cache moves: a promise would let it
 * move before whoever waits goes on.
 */
export const pastState = async (
  database: Pick<Database, 'readHistory'>,
  kind: string,
  cache: Cache,
  revision: number,
): Promise<() => PastState> => {
  const past = new Map<string, KindObject | undefined>();
  const { log } = cache.kind(kind);
  let done = revision;
  while (done < log.floor) {
    const { floor } = log;
    if (floor - revision > farthest) throw tooOld(revision, floor - farthest);
    for await (const changes of keptHistory(database, cache, kind, done, floor)) {
      if (!changes.every(change => change.beforeKnown || past.has(keyText(keyOf(change.object)))))
        throw tooOld(revision, floor);
      note(past, changes);
    }
    done = floor;
  }
  return () => {
    note(past, log.since(done));
    return past;
  };
};
