import { createHash } from 'node:crypto';

/** SHA-256, hexadecimal, of anything that JSON can say. */
export const digestOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');
