/** How many letters must be added, removed, replaced or swapped with their neighbour (optimal string alignment distance). */
export const editDistance = (one: string, other: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let distance = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
};

/** What was probably meant: the nearest names, not further away than a third of the word. */
export const closestNames = (word: string, names: readonly string[]): string[] => {
  const limit = Math.max(1, Math.floor(word.length / 3));
  if (word.length > 64) return [];
  const near = names
    .map(name => ({
      name,
      distance: name.startsWith(word) && word.length > 1 ? 0 : editDistance(word, name),
    }))
    .filter(({ distance }) => distance <= limit);
  const best = Math.min(...near.map(({ distance }) => distance));
  return [...new Set(near.filter(({ distance }) => distance === best).map(({ name }) => name))];
};
