const pattern = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

const comparePart = (one: string | undefined, two: string | undefined): number => {
  if (one === two) return 0;
  if (one === undefined) return -1;
  if (two === undefined) return 1;
  const [a, b] = [/^\d+$/.test(one), /^\d+$/.test(two)];
  if (a && b) return Number(one) - Number(two);
  if (a !== b) return a ? -1 : 1;
  return one < two ? -1 : 1;
};

/** Orders two versions as semver.org does; `undefined` when one is none. */
export const compareVersions = (one: string, two: string): number | undefined => {
  const [first, second] = [pattern.exec(one), pattern.exec(two)];
  if (!first || !second) return undefined;
  for (const index of [1, 2, 3]) {
    const by = Number(first[index]) - Number(second[index]);
    if (by !== 0) return by;
  }
  // A version before the release comes before it.
  if (!first[4] || !second[4]) return (first[4] ? 0 : 1) - (second[4] ? 0 : 1);
  const [left, right] = [first[4].split('.'), second[4].split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const by = comparePart(left[index], right[index]);
    if (by !== 0) return by;
  }
  return 0;
};
