import type { Database } from '../database/database.ts';
import type { Cache } from './cache.ts';
import type { Change } from './event-log.ts';

/** A change as the history keeps it. What it replaced may be older than what is kept. */
export interface PastChange extends Change {
  readonly beforeKnown: boolean;
}

const perPage = 500;
/** Of a kind that seldom changes a page would be sought through all that is kept: so far it looks at once. */
const revisionsAtOnce = 20_000;

/**
 * A kind’s changes after a revision and up to another, from the database, a page at a time. Throws `Expired` when they are
 * not all kept.
 */
export async function* keptHistory(
  database: Pick<Database, 'readHistory'>,
  cache: Pick<Cache, 'read'>,
  kind: string,
  after: number,
  upTo: number,
): AsyncGenerator<readonly PastChange[]> {
  let done = after;
  while (done < upTo) {
    const until = Math.min(upTo, done + revisionsAtOnce);
    const rows = await database.readHistory({ kind, after: done, upTo: until, limit: perPage });
    yield rows.map(({ revision, type, data, before }) => ({
      revision,
      type,
      kind,
      object: cache.read(kind, data),
      before: before === undefined ? undefined : cache.read(kind, before),
      beforeKnown: before !== undefined || type === 'ADDED',
    }));
    done = rows.length < perPage ? until : (rows.at(-1)?.revision ?? until);
  }
}
