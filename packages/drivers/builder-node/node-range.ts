/** Whether one comparator of a range, such as `>=18.2`, `^20` or `18.x`, admits some version of this major. */
const admits = (comparator: string, major: number): boolean => {
  const match = /^(>=|<=|>|<|=|\^|~)?v?(\d+)?(?:\.(\d+))?/.exec(comparator);
  if (!match?.[2]) return true;
  const [, sign = '=', text, minor] = match;
  const bound = Number(text);
  if (sign === '>=') return major >= bound;
  if (sign === '>') return minor === undefined ? major > bound : major >= bound;
  if (sign === '<=') return major <= bound;
  if (sign === '<') return Number(minor ?? 0) > 0 ? major <= bound : major < bound;
  return major === bound;
};

/**
 * Whether a range of `engines.node` admits some version of a Node.js major (https://github.com/npm/node-semver#ranges). Coarse on
 * purpose: it decides about a hint to the pusher, and a range that it cannot read admits everything.
 */
export const admitsMajor = (range: string, major: number): boolean =>
  range.split('||').some(alternative => {
    const hyphen = /^\s*v?(\d+)[\d.]*\s+-\s+v?(\d+)/.exec(alternative);
    if (hyphen) return major >= Number(hyphen[1]) && major <= Number(hyphen[2]);
    return alternative
      .replace(/([<>=^~])\s+/g, '$1')
      .split(/[\s,]+/)
      .filter(Boolean)
      .every(comparator => admits(comparator, major));
  });
