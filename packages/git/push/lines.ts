import { toPlatformError } from '@causeway/model';

const control = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The longest line shown to a pusher, characters. */
const longest = 2000;

/** Text as lines for a terminal: without what could rewrite, or turn around, what the pusher sees. */
export const linesOf = (text: string): string[] =>
  text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(line => line.replaceAll('\t', '    ').replace(control, '\ufffd').slice(0, longest));

/** An error as it is told to a pusher. */
export const inWords = (error: unknown): string[] => {
  const { message, evidence, next } = toPlatformError(error);
  return [message, ...evidence, `Next: ${next}`].flatMap(linesOf);
};
