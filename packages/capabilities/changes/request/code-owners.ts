import { matchesPath } from './path-pattern.ts';

/** Where GitHub looks for the file, in this order. */
export const codeOwnersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** A line of CODEOWNERS. No owners: nobody need look at what it is about. */
export interface OwnersRule {
  readonly pattern: string;
  /** As they are written: `@alice`, `@org/team`, `alice@example.com`. */
  readonly owners: readonly string[];
  /** From 1. */
  readonly line: number;
}

const longestPattern = 4096;

/** The rules of a file, in order. A line that GitHub does not take, with `!` or `[`, is left out, as there. */
export const parseCodeOwners = (text: string): readonly OwnersRule[] =>
  text.split(/\r?\n/).flatMap((line, index) => {
    const words = [...line.matchAll(/(?:\\.|[^\s\\])+/g)].map(([word]) => word);
    const end = words.findIndex(word => word.startsWith('#'));
    const [written, ...owners] = end < 0 ? words : words.slice(0, end);
    const pattern = written?.replaceAll(/\\(.)/g, '$1');
    if (pattern === undefined || pattern.length > longestPattern || /^!|\[/.test(pattern)) return [];
    return [{ pattern, owners, line: index + 1 }];
  });

/** The rule that says who owns a file: the last that means it. */
export const ruleFor = (rules: readonly OwnersRule[], path: string): OwnersRule | undefined =>
  rules.findLast(({ pattern }) => matchesPath(pattern, path));
