/** Something about a file, for who wrote it. */
export interface FileMessage {
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** A path as it can be shown: whoever named the file does not speak to the terminal. */
export const shownPath = (path: string): string => path.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd').slice(0, 256);

const known: readonly (readonly [RegExp, string])[] = [
  [/^Tabs are not allowed/, 'It is indented with a tab, which YAML does not allow. Use spaces.'],
  [/^Map keys must be unique/, 'This key stands twice in one map. Keep one of the two.'],
  [
    /^Excessive alias count/,
    'Its aliases (*name) stand for more than 100 copies in all. Write out what they stand for.',
  ],
  [/^Maximum call stack/, 'It is nested too deeply to be read. No object of the platform is that deep.'],
  [
    /^Unresolved alias/,
    'It uses an alias (*name) whose anchor (&name) does not come before it. Write out what is meant.',
  ],
];

/** What cannot be read of a text, in words that say what to do. */
export const wordsOfFault = (message: string): string =>
  known.find(([pattern]) => pattern.test(message))?.[1] ??
  `${message.replace(/[.\s]+$/, '')}. Correct the text so that it can be read as YAML or JSON.`;
