import { PlatformError } from '@causeway/model';

type Plain = Record<string, unknown>;

const isObject = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

/** A deep copy of JSON data. Refuses `__proto__`, which no field of ours is called. */
export const clonePlain = <T>(value: T): T => {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(clonePlain) as T;
  const copy: Plain = {};
  for (const key in value) {
    if (key === '__proto__')
      throw new PlatformError('Invalid', "a field is called '__proto__', which is not allowed");
    const field = (value as Plain)[key];
    if (field !== undefined) copy[key] = isObject(field) ? clonePlain(field) : field;
  }
  return copy as T;
};

export const deepFreeze = <T>(value: T): T => {
  if (isObject(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key in value) deepFreeze((value as Plain)[key]);
  }
  return value;
};

/** Equality of JSON data; an absent field and an undefined one are the same, the order of fields does not matter. */
export const samePlain = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a))
    return (
      a.length === (b as unknown as unknown[]).length &&
      a.every((item, index) => samePlain(item, (b as unknown as unknown[])[index]))
    );
  for (const key of Object.keys(a))
    if (a[key] !== undefined && !(Object.hasOwn(b, key) && samePlain(a[key], b[key]))) return false;
  for (const key of Object.keys(b))
    if (b[key] !== undefined && !(Object.hasOwn(a, key) && a[key] !== undefined)) return false;
  return true;
};

/** The value at a dotted path (`status.phase`), own properties only. */
export const valueAt = (object: unknown, path: string): unknown => {
  let value = object;
  for (const part of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = (value as Plain)[part];
  }
  return value;
};

/** A field's value, its own only: an object without labels still answers to `constructor`. */
const own = (object: Plain, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/**
 * The merge patch (RFC 7386) that leads from one to the other, for the audit. Such a patch cannot say that a field is null:
 * it reads as removed.
 */
export const mergePatchBetween = (before: unknown, after: unknown): unknown => {
  if (!isObject(before) || !isObject(after) || Array.isArray(before) || Array.isArray(after))
    return after ?? null;
  const patch: Plain = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [own(before, key), own(after, key)];
    if (!samePlain(old, next)) patch[key] = next === undefined ? null : mergePatchBetween(old, next);
  }
  return patch;
};
