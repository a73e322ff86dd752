/** A text with `{{ }}` in it; expressions may have such in them again. */
export type Template = readonly (string | { readonly expression: Template; readonly source: string })[];

/** Thrown for a text whose braces do not close. */
export class UnclosedVariable extends Error {}

/** Splits a text. `\{{` is written for braces that are meant as they are. Single braces within an expression must pair. */
export const parseTemplate = (text: string): Template => {
  let at = 0;
  const sequence = (inside: boolean): Template => {
    const parts: Template[number][] = [];
    let literal = '';
    let braces = 0;
    const flush = (): void => {
      if (literal !== '') parts.push(literal);
      literal = '';
    };
    while (at < text.length) {
      if (text.startsWith('\\{{', at) && !inside) {
        literal += '{{';
        at += 3;
      } else if (text.startsWith('{{', at)) {
        flush();
        const begun = at;
        at += 2;
        const expression = sequence(true);
        parts.push({ expression, source: text.slice(begun, at) });
      } else if (inside && braces === 0 && text.startsWith('}}', at)) {
        flush();
        at += 2;
        return parts;
      } else {
        if (inside && text[at] === '{') braces += 1;
        if (inside && text[at] === '}') braces -= 1;
        literal += text[at];
        at += 1;
      }
    }
    if (inside) throw new UnclosedVariable(`{{ without }} in: ${text.slice(0, 100)}`);
    flush();
    return parts;
  };
  return sequence(false);
};
