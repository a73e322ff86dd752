import type { KindObject } from '@causeway/model';
import type { KindCache } from './kind-cache.ts';
import type { LabelRequirement } from './label-selector.ts';
import type { PastState } from './past-state.ts';
import type { Matches } from './selectors.ts';
import { placeOf } from './sorted-keys.ts';

export interface PageQuery {
  /** One namespace; all when absent. */
  readonly namespace?: string | undefined;
  readonly matches?: Matches | undefined;
  /** What `matches` wants of labels, to find at once what has them. */
  readonly labels?: readonly LabelRequirement[] | undefined;
  /** The first key of the page; from the beginning when absent. */
  readonly start?: string | undefined;
  readonly limit?: number | undefined;
}

export interface Page {
  readonly items: readonly KindObject[];
  /** Where the next page begins, when there is one. */
  readonly next: string | undefined;
  /** How many come after this page; only known when all of a namespace, or all, are listed. */
  readonly remaining: number | undefined;
}

const present: PastState = new Map();

/** Where the keys of a namespace begin and end among all. `0` follows `/`. */
const bounds = (
  keys: readonly string[],
  { namespace, start = '' }: PageQuery,
): { from: number; to: number } => {
  if (!namespace) return { from: placeOf(keys, start), to: keys.length };
  const first = `${namespace}/`;
  return { from: placeOf(keys, start > first ? start : first), to: placeOf(keys, `${namespace}0`) };
};

/** One page of a kind in the order of namespace and name, as it is or as it was. */
export const listPage = (cache: KindCache, query: PageQuery, past: PastState = present): Page => {
  const { matches, labels, limit = Number.POSITIVE_INFINITY } = query;
  const { objects } = cache;
  // Which labels there were then, only the objects know.
  const keys = past.size === 0 ? cache.keysFor(labels) : cache.keys;
  const items: KindObject[] = [];
  const gone = [...past.keys()].filter(key => past.get(key) && !objects.has(key)).sort();
  let { from: here, to } = bounds(keys, query);
  let { from: there, to: end } = bounds(gone, query);
  let last = '';
  while (here < to || there < end) {
    const fromGone = here >= to || (there < end && (gone[there] as string) < (keys[here] as string));
    const key = (fromGone ? gone[there] : keys[here]) as string;
    const object = past.has(key) ? past.get(key) : objects.get(key);
    if (object && (!matches || matches(object))) {
      if (items.length >= limit) break;
      items.push(object);
      last = key;
    }
    if (fromGone) there += 1;
    else here += 1;
  }
  if (here >= to && there >= end) return { items, next: undefined, remaining: undefined };
  const next = `${last}\0`;
  if (matches) return { items, next, remaining: undefined };
  const made = [...past.keys()].filter(key => !past.get(key) && objects.has(key)).sort();
  const since = bounds(made, { ...query, start: next });
  return { items, next, remaining: to - here + (end - there) - (since.to - since.from) };
};
