/** Anything that can be chosen by weight; one of weight 0 never is. */
export interface Weighted {
  readonly weight: number;
}

/**
 * The candidate at `point` (0 ≤ point < 1) when each takes a stretch as long as its share of the sum of all weights.
 * `undefined` when nothing has a weight or all that have are excluded.
 */
export const chooseAt = <T extends Weighted>(
  candidates: readonly T[],
  point: number,
  excluded?: readonly T[],
): T | undefined => {
  if (candidates.length === 1 && !excluded) return candidates[0]!.weight > 0 ? candidates[0] : undefined;
  let total = 0;
  for (const candidate of candidates) if (!excluded?.includes(candidate)) total += candidate.weight;
  let rest = point * total;
  let last: T | undefined;
  for (const candidate of candidates) {
    if (candidate.weight === 0 || excluded?.includes(candidate)) continue;
    if (rest < candidate.weight) return candidate;
    rest -= candidate.weight;
    last = candidate;
  }
  // Reached only when rounding left a hair beyond the last stretch.
  return last;
};

const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * The point after this one. Steps of the golden ratio fill 0…1 more evenly than chance does, in any window: of any 100
 * requests in a row a 5 % canary gets 5 ± 1. And it is the same each time, so a test can tell what comes.
 */
export const nextPoint = (point: number): number => {
  const next = point + goldenRatio;
  return next < 1 ? next : next - 1;
};
