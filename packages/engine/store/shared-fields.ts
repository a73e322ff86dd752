import type { FieldSet } from '@causeway/model';

/** Objects made by the same client have the same few sets. Beyond this many the pool starts anew. */
const maxPooled = 4096;

const pool = new Map<string, FieldSet>();
const pooled = new WeakSet<FieldSet>();

/** Names in one order, so that the same set is the same text. Fields come before keys, keys before values. */
const ordered = (set: FieldSet): FieldSet => {
  const names = Object.keys(set);
  const frozen = Object.isFrozen(set);
  if (names.length === 0) return frozen ? set : nothing;
  const inner = names.map(name => ordered(set[name] as FieldSet));
  const isOrdered = names.every((name, index) => index === 0 || (names[index - 1] as string) < name);
  if (frozen && isOrdered && names.every((name, index) => set[name] === inner[index])) return set;
  const next: Record<string, FieldSet> = {};
  const places = [...names.keys()];
  if (!isOrdered) places.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  for (const place of places) next[names[place] as string] = inner[place] as FieldSet;
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
