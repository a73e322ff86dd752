import { isPlatformError, type KindDefinition, kindId, PlatformError } from '@causeway/model';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Cache } from './cache.ts';
import { decodeContinue, encodeContinue, type ListPosition } from './continue-token.ts';
import { listPage } from './list-page.ts';
import { type PastState, pastState } from './past-state.ts';
import { parseSelectors } from './selectors.ts';
import type { ListOptions, ListResult } from './store.ts';

export interface ListParts {
  readonly cache: Cache;
  readonly database: Pick<Database, 'readHistory'>;
  readonly clock: Clock;
  /** Waits until the cache shows all that was committed before. */
  readonly fresh: () => Promise<void>;
}

const patienceMs = 3000;

/** Waits until the cache has a revision; a while even for one that nobody has committed yet. Throws `Timeout`. */
export const reach = async (
  { cache, clock, fresh }: Omit<ListParts, 'database'>,
  revision: number,
): Promise<void> => {
  if (revision <= cache.revision) return;
  await fresh();
  if (revision <= cache.revision || (await cache.reaches(revision, clock, patienceMs))) return;
  throw new PlatformError(
    'Timeout',
    `Timeout: Too large resource version: ${revision}, current: ${cache.revision}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      next: 'Use a resourceVersion that this platform gave out.',
      retryAfterSeconds: 1,
    },
  );
};

/** The revision that the list must be of; `undefined`: the newest, but none before `least`. */
const wantedRevision = (options: ListOptions, position: ListPosition | undefined) => {
  const given = Number(options.resourceVersion ?? 0);
  if (position) {
    if (given > 0)
      throw new PlatformError('BadRequest', 'specifying resource version is not allowed when using continue');
    return { exact: position.revision, least: position.revision ?? 0 };
  }
  const exact = options.resourceVersionMatch === 'Exact' || (options.limit && !options.resourceVersionMatch);
  return { exact: exact && given > 0 ? given : undefined, least: given };
};

/** The words of the kube-apiserver (k8s.io/apiserver/pkg/storage/etcd3/errors.go). */
const tooOldToList = (position: ListPosition | undefined): PlatformError =>
  position
    ? new PlatformError(
        'Expired',
        'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
        { continue: encodeContinue({ start: position.start, revision: undefined }) },
      )
    : new PlatformError('Expired', 'The resourceVersion for the provided list is too old.');

/**
 * Lists a kind, all pages at one revision. Without `resourceVersion` that shows everything acknowledged before; `'0'` takes
 * what the cache has, all at once.
 */
export const listObjects = async (
  parts: ListParts,
  kind: KindDefinition,
  { namespace, ...options }: ListOptions,
): Promise<ListResult> => {
  const { cache, database, fresh } = parts;
  const { matches, labels } = parseSelectors(kind, options);
  const position = options.continue ? decodeContinue(options.continue) : undefined;
  const { exact, least } = wantedRevision(options, position);
  const anyVersion = options.resourceVersion === '0';
  if (least === 0 && !anyVersion) await fresh();
  else await reach(parts, least);
  const kindCache = cache.kind(kindId(kind));
  let past: PastState | undefined;
  let { revision } = cache;
  if (exact !== undefined && exact !== revision) {
    try {
      past = (await pastState(database, kindId(kind), cache, exact))();
    } catch (error) {
      throw isPlatformError(error, 'Expired') ? tooOldToList(position) : error;
    }
    revision = exact;
  }
  const limit = anyVersion || !options.limit ? undefined : options.limit;
  const { items, next, remaining } = listPage(
    kindCache,
    { namespace, matches, labels, start: position?.start, limit },
    past,
  );
  return {
    items,
    resourceVersion: String(revision),
    ...(next === undefined ? {} : { continue: encodeContinue({ start: next, revision }) }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  };
};
