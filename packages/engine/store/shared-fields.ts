import type { FieldSet } from '@causeway/model';

/** Objects made by the same client have the same few sets. Beyond this many the pool starts anew. */
const maxPooled = 4096;

const pool = new Map<string, FieldSet>();
const pooled = new WeakSet<FieldSet>();

/** Whether all of it is frozen and has its names in one order. */
const isOrdered = (set: FieldSet): boolean => {
  if (!Object.isFrozen(set)) return false;
  let before = '';
  for (const name in set) {
    if (name < before || !isOrdered(set[name] as FieldSet)) return false;
    before = name;
  }
  return true;
};

/** Names in one order, so that the same set is the same text. Fields come before keys, keys before values. */
const ordered = (set: FieldSet): FieldSet => {
  if (isOrdered(set)) return set;
  const names = Object.keys(set).sort();
  if (names.length === 0) return nothing;
  const next: Record<string, FieldSet> = {};
  for (const name of names) next[name] = ordered(set[name] as FieldSet);
  return Object.freeze(next);
};
const nothing: FieldSet = Object.freeze({});

/**
 * The one object for all equal sets of fields, frozen and with its names in order. Sets repeat in most objects of a kind:
 * shared, they cost memory once, and what is computed from one can be remembered by identity.
 */
export const sharedFields = (set: FieldSet): FieldSet => {
  if (pooled.has(set)) return set;
  const one = ordered(set);
  const text = JSON.stringify(one);
  const known = pool.get(text);
  if (known) return known;
  if (pool.size >= maxPooled) pool.clear();
  pool.set(text, one);
  pooled.add(one);
  return one;
};
