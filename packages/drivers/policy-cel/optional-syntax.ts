/**
 * CEL’s optional selection (`a.?b`, `a[?"b"]`) is not read by the parser of the library. It is written otherwise at the same
 * length, so that every place in the text stays where it is; `rewrite` finds it again by its place.
 */
export interface PlainExpression {
  readonly text: string;
  /** Where the `.` of an optional field, or the `[` of an optional index stands. */
  readonly optional: ReadonlySet<number>;
}

/** Comments and strings, in which nothing is to be found. In raw ones a backslash is itself. */
const skipped = new RegExp(
  [
    String.raw`//[^\n]*`,
    String.raw`[bB]?[rR][bB]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')`,
    String.raw`"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''`,
    String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`,
  ].join('|'),
  'y',
);
const selection = /\.\?(?=\s*[A-Za-z_])/y;
const index = /\[\?/y;
const before = /[\w)\]"'}]\s*$/;

const endAt = (pattern: RegExp, text: string, at: number): number | undefined => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
};

export const plainExpression = (text: string): PlainExpression => {
  const optional = new Set<number>();
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const skip = endAt(skipped, text, at);
    if (skip !== undefined) {
      plain += text.slice(at, skip);
      at = skip;
    } else if (endAt(selection, text, at) !== undefined) {
      optional.add(at);
      plain += '. ';
      at += 2;
    } else if (endAt(index, text, at) !== undefined && before.test(text.slice(Math.max(0, at - 20), at))) {
      optional.add(at);
      plain += '[ ';
      at += 2;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  return { text: plain, optional };
};
