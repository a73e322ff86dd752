const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;
const bracket = 0x5b;
const closingBracket = 0x5d;
const brace = 0x7b;
const closingBrace = 0x7d;

/** Where the string that begins at `start` ends: the place of its closing quote, or the end of the text. */
const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
};

export interface JsonScan {
  /** How many fields its objects have, those said twice counted twice: the colons outside of strings. */
  readonly fields: number;
  /** How deep its objects and lists are nested. */
  readonly depth: number;
}

/**
 * Looks at a text that claims to be JSON, before anything recurses over it: `JSON.parse` of Node.js 26.10 ends the whole
 * process at some texts that are nested ten thousand levels deep.
 */
export const scanJson = (text: string): JsonScan => {
  let fields = 0;
  let open = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === colon) fields += 1;
    else if (code === quote) at = endOfString(text, at);
    else if (code === brace || code === bracket) {
      open += 1;
      if (open > depth) depth = open;
    } else if (code === closingBrace || code === closingBracket) open -= 1;
  }
  return { fields, depth };
};

/** Deeper than anything that people or programs write, and far from where parsers break. */
const deepest = 1000;

/** `JSON.parse` for text that somebody else wrote. Throws `SyntaxError`, also for what is nested more than 1,000 levels deep. */
export const parseOutsideJson = (text: string): unknown => {
  if (scanJson(text).depth > deepest) throw new SyntaxError(`it is nested more than ${deepest} levels deep`);
  return JSON.parse(text);
};
