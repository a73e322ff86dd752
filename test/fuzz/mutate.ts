import type { Random } from './random.ts';

/** Longer inputs are cut: a megabyte is what the promise speaks of. */
export const longest = 1024 * 1024;

/** What decoders stumble over, whatever the format. */
const pieces = [
  ...[
    '\0',
    '\ufeff',
    '\ud800',
    '\u2028',
    '\t',
    '\r\n',
    ' ',
    '\\',
    '"',
    "'",
    '/',
    '%00',
    '%ff',
    '%2e%2e',
    '..',
    '~',
    '-',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ':',
    ',',
    '=',
    '!',
    '&a ',
    '*a',
    '<<: *a',
    '? ',
    '- ',
    '| ',
    '> ',
    '!!binary ',
    '---\n',
    '#',
  ],
  ...[
    'null',
    'true',
    '-0',
    '1e400',
    '9007199254740993',
    '-9223372036854775809',
    '0x10',
    '.nan',
    '.inf',
    '1_000',
    '1'.repeat(400),
  ],
  ...[
    '"__proto__":',
    '__proto__: ',
    'constructor',
    'toString',
    '"\\ud800"',
    '"\\u0000"',
    '{"a":{"a":',
    '[[[[[[[[',
  ],
  ...[
    'k8s\0',
    '\x0a\xff\xff\xff\xff\x0f',
    '\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f',
    '0000',
    'ffff',
    '0003',
    'ok refs/',
    'Bearer ',
    'Basic ',
  ],
].map(text =>
  Buffer.from(text, /[\x80-\xff]/.test(text) && !/[\u0100-\uffff]/.test(text) ? 'latin1' : 'utf8'),
);

const edits: readonly ((bytes: Buffer, random: Random, seeds: readonly Buffer[]) => Buffer)[] = [
  // A bit flips.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }
    return copy;
  },
  // A byte becomes any other.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  // Something known to hurt comes in between.
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), random.pick(pieces), bytes.subarray(at)]);
  },
  // A part is lost.
  (bytes, random) => {
    const from = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.below(16))]);
  },
  // It ends early.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  // A part comes again, a few times or often. Not tens of thousands of times: V8 14.6, in Node.js 26, then ends the process
  // within JSON.parse now and then. Inputs of a megabyte have a test of their own.
  (bytes, random) => {
    const from = random.below(bytes.length + 1);
    const part = bytes.subarray(from, from + 1 + random.below(24));
    const times = random.below(50) === 0 ? 200 : 1 + random.below(40);
    return Buffer.concat([
      bytes.subarray(0, from),
      ...new Array<Buffer>(times).fill(part),
      bytes.subarray(from),
    ]);
  },
  // Halves of two inputs meet.
  (bytes, random, seeds) => {
    const other = random.pick(seeds);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
];

/** One of the seeds, changed in one to six places. */
export const mutate = (seeds: readonly Buffer[], random: Random): Buffer => {
  let bytes = random.pick(seeds);
  for (let rounds = 1 + random.below(6); rounds > 0; rounds--)
    bytes = random.pick(edits)(bytes, random, seeds);
  return bytes.subarray(0, longest);
};
