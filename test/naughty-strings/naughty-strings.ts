import { createRequire } from 'node:module';

const collected: string[] = createRequire(import.meta.url)('big-list-of-naughty-strings/blns.json');

/** Texts that have broken other programs: those that people collect, and what a database or a terminal stumbles over. */
export const naughtyStrings: readonly string[] = [
  ...new Set([
    ...collected,
    ...[
      '\0',
      'a\0b',
      '\ud800',
      'a\udc00b',
      '\ufffe\uffff',
      '\u001b[2J\u001b]0;title\u0007',
      '\r\n\r\nHTTP/1.1 200 OK',
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      '$1$&$`',
      '\\u0000',
      '%00',
      '{{7*7}}',
      '${7*7}',
      '"',
      "'",
      '\\',
      '\u2028\u2029',
    ],
    ...[
      ' leading',
      'trailing ',
      '\ttab',
      'e\u0301 is not \u00e9',
      'x'.repeat(1000),
      '\u{1f680}'.repeat(200),
      '---\n- a: &b *b',
      '-not a flag',
      '--team',
      '--',
      '-o',
    ],
  ]),
];
