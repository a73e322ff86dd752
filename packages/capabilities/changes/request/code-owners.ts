import { setImmediate as breathe } from 'node:timers/promises';
import { PlatformError } from '@causeway/model';
import { pathPattern } from './path-pattern.ts';

/** Where GitHub looks for the file, in this order. */
export const codeOwnersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** A line of CODEOWNERS. No owners: nobody need look at what it is about. */
export interface OwnersRule {
  readonly means: (path: string) => boolean;
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
    return [{ means: pathPattern(pattern), owners, line: index + 1 }];
  });

/** The rule that says who owns a file: the last that means it. */
export const ruleFor = (rules: readonly OwnersRule[], path: string): OwnersRule | undefined =>
  rules.findLast(({ means }) => means(path));

/** Whom a rule asks, and one of the files for which it does. */
export interface AskedRule {
  readonly rule: OwnersRule;
  readonly path: string;
}

/** The rules with owners that are the last to mean one of the files. */
export const rulesAsked = (rules: readonly OwnersRule[], paths: readonly string[]): readonly AskedRule[] => {
  const asked = new Map<OwnersRule, string>();
  for (const path of paths) {
    const rule = ruleFor(rules, path);
    if (rule && rule.owners.length > 0 && !asked.has(rule)) asked.set(rule, path);
  }
  return [...asked].map(([rule, path]) => ({ rule, path }));
};

const mostComparisons = 20_000_000;
const comparisonsAtOnce = 100_000;

/** As `rulesAsked`, for any number of files: others have their turn meanwhile. Throws `TooLarge` where it would take for ever. */
export const rulesAskedOfMany = async (
  rules: readonly OwnersRule[],
  paths: readonly string[],
): Promise<readonly AskedRule[]> => {
  if (rules.length * paths.length > mostComparisons)
    throw new PlatformError(
      'TooLarge',
      `${paths.length} files are too many to say by CODEOWNERS who owns them`,
      { next: 'Make several smaller changes of it.' },
    );
  const atOnce = Math.max(1, Math.floor(comparisonsAtOnce / Math.max(1, rules.length)));
  const asked = new Map<OwnersRule, AskedRule>();
  for (let from = 0; from < paths.length; from += atOnce) {
    for (const one of rulesAsked(rules, paths.slice(from, from + atOnce)))
      if (!asked.has(one.rule)) asked.set(one.rule, one);
    await breathe();
  }
  return [...asked.values()];
};
