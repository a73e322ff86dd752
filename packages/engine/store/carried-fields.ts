import { samePlain } from './plain.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether reading by this version's schema left a field out. */
const lacks = (valid: unknown, wanted: unknown): boolean => {
  if (Array.isArray(wanted))
    return Array.isArray(valid) && wanted.some((item, index) => lacks(valid[index], item));
  return (
    isFields(wanted) &&
    isFields(valid) &&
    Object.keys(wanted).some(key => !Object.hasOwn(valid, key) || lacks(valid[key], wanted[key]))
  );
};

/**
 * What is to be stored (`valid`: what this version's schema makes of `wanted`), with what a newer version has stored in fields that
 * this one does not know: such a field stays where a writer hands it on as it is stored. Items of a list may have moved.
 */
export const carryFields = <T>(stored: unknown, wanted: unknown, valid: T): T => {
  if (!lacks(valid, wanted)) return valid;
  if (Array.isArray(wanted) && Array.isArray(valid) && Array.isArray(stored))
    return valid.map((item, index) =>
      carryFields(stored.find(one => samePlain(one, wanted[index])) ?? stored[index], wanted[index], item),
    ) as T;
  if (!isFields(wanted) || !isFields(valid) || !isFields(stored)) return valid;
  const carried = { ...valid } as Record<string, unknown>;
  for (const key of Object.keys(wanted)) {
    if (!Object.hasOwn(stored, key)) continue;
    if (Object.hasOwn(valid, key)) carried[key] = carryFields(stored[key], wanted[key], valid[key]);
    else if (samePlain(stored[key], wanted[key])) carried[key] = wanted[key];
  }
  return carried as T;
};
