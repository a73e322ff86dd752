/**
 * Whether a text is as a pattern says, in which `*` stands for any text and `?` for any character. Walks back only to the last
 * `*`, so that its time is at most the product of both lengths.
 */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  let [at, place, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (place < pattern.length && pattern[place] === '*') {
      star = place++;
      mark = at;
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at])) {
      place++;
      at++;
    } else if (star >= 0) {
      place = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[place] === '*') place++;
  return place === pattern.length;
};

export const hasWildcard = (text: string): boolean => /[*?]/.test(text);
