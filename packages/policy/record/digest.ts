import { createHash } from 'node:crypto';

/** JSON with the keys of objects in order, so that equal values have equal texts. Undefined fields are left out. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, one) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : one,
  );

/** SHA-256 of the canonical JSON, in hexadecimal. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
