import { PlatformError } from '@causeway/model';

/** Deeper nesting is no object of ours, and recursion over it would run out of stack. */
const maxDepth = 64;
/** Values and characters of text: more than a body can hold come from aliases of aliases. */
const maxWeight = 8 * 1024 * 1024;

interface Tally {
  fields: number;
  weight: number;
}

const refuse = (what: string): PlatformError => new PlatformError('BadRequest', what);

/** Throws `BadRequest` when `what` is nested deeper than anything of ours. */
export const refuseDepth = (depth: number, what: string): void => {
  if (depth > maxDepth) throw refuse(`${what} is nested more than ${maxDepth} levels deep`);
};

const look = (value: unknown, what: string, depth: number, tally: Tally): void => {
  tally.weight += 1;
  if (tally.weight > maxWeight)
    throw refuse(`${what} grows without end: it refers to itself again and again`);
  if (typeof value === 'string') tally.weight += value.length;
  if (typeof value === 'number' && !Number.isFinite(value))
    throw refuse(`${what} holds a number that JSON cannot say`);
  if (typeof value !== 'object' || value === null) return;
  refuseDepth(depth, what);
  if (Array.isArray(value)) {
    for (const item of value) look(item, what, depth + 1, tally);
    return;
  }
  for (const name in value) {
    if (name === '__proto__') throw refuse("a field is called '__proto__', which is not allowed");
    tally.fields += 1;
    look((value as Record<string, unknown>)[name], what, depth + 1, tally);
  }
};

/**
 * Throws `BadRequest` unless `value`, which `what` names, is JSON data that is safe to copy, compare and merge. Returns how many fields its objects have, all together.
 */
export const checkData = (value: unknown, what: string): number => {
  const tally: Tally = { fields: 0, weight: 0 };
  look(value, what, 0, tally);
  return tally.fields;
};
