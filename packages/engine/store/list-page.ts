import { type KindDefinition, type KindObject, kindId, PlatformError } from '@causeway/model';
import type { Cache } from './cache.ts';
import type { Matches } from './selectors.ts';
import type { ListOptions, ListResult } from './store.ts';

interface Position {
  readonly after: string;
}

const encode = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url');

const decode = (token: string): Position => {
  try {
    const { after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Position;
    if (typeof after === 'string') return { after };
  } catch {}
  throw new PlatformError('BadRequest', 'the continue token cannot be read', {
    next: 'List from the beginning.',
  });
};

/** One page of a kind in the order of namespace and name. A page follows the last key of the one before, at the present revision. */
export const listPage = (
  cache: Cache,
  kind: KindDefinition,
  matches: Matches | undefined,
  options: ListOptions,
): ListResult => {
  const kindCache = cache.kind(kindId(kind));
  const after = options.continue ? decode(options.continue).after : undefined;
  const limit = options.limit && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  const items: KindObject[] = [];
  let last = '';
  let remaining = 0;
  for (const key of kindCache.sortedKeys()) {
    if (after !== undefined && key <= after) continue;
    const object = kindCache.objects.get(key) as KindObject;
    if (matches && !matches(object)) continue;
    if (items.length >= limit) {
      remaining += 1;
      continue;
    }
    items.push(object);
    last = key;
  }
  const resourceVersion = String(cache.revision);
  return remaining > 0
    ? { items, resourceVersion, continue: encode({ after: last }), remainingItemCount: remaining }
    : { items, resourceVersion };
};
