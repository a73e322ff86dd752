import { isUtf8 } from 'node:buffer';

/** The text that a file holds; `undefined` where it is none, or not in UTF-8. */
export const fileText = (content: Buffer): string | undefined =>
  isUtf8(content) && !content.includes(0) ? content.toString('utf8') : undefined;
