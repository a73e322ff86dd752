/** Two pointers, and back to the last wildcard: no pattern takes longer than its length times that of what it is held against. */
const matches = <T>(
  pattern: readonly T[],
  given: readonly T[],
  isWildcard: (part: T) => boolean,
  equal: (part: T, other: T) => boolean,
): boolean => {
  let [at, from, mark, star] = [0, 0, 0, -1];
  while (from < given.length) {
    if (at < pattern.length && isWildcard(pattern[at] as T)) {
      star = at;
      mark = from;
      at += 1;
    } else if (at < pattern.length && equal(pattern[at] as T, given[from] as T)) {
      at += 1;
      from += 1;
    } else if (star >= 0) {
      mark += 1;
      from = mark;
      at = star + 1;
    } else return false;
  }
  while (at < pattern.length && isWildcard(pattern[at] as T)) at += 1;
  return at === pattern.length;
};

/** One part of a path: `*` is any text, `?` one character. */
const matchesPart = (pattern: string, part: string): boolean =>
  matches(
    [...pattern],
    [...part],
    one => one === '*',
    (one, other) => one === '?' || one === other,
  );

const hasWildcard = /[*?]/;

/** A pattern of gitignore(5), as CODEOWNERS uses it: without `!` and `[`. Says whether a path is meant. */
export const pathPattern = (pattern: string): ((path: string) => boolean) => {
  if (pattern === '*' || pattern === '**') return () => true;
  const folder = pattern.endsWith('/');
  const plain = pattern.replace(/^\//, '').replace(/\/$/, '');
  const parts = plain.split('/');
  const anchored = pattern.slice(0, -1).includes('/');
  // Most patterns are names of folders and files: those need no matching part by part.
  if (anchored && !hasWildcard.test(plain))
    return path => path.startsWith(plain) && (path[plain.length] === '/' || (!folder && path === plain));
  const all = [
    ...(anchored ? [] : ['**']),
    ...parts,
    // A folder’s name means all below it; `folder/*` means what lies in it, and no deeper.
    ...(folder ? ['**', '*'] : parts.at(-1) === '*' && anchored ? [] : ['**']),
  ];
  return path => matches(all, path.split('/'), part => part === '**', matchesPart);
};
