/** Milliseconds before the next attempt: doubling from 50 ms to 5 s, the upper half of it at random so that clients spread. */
export const backoffMs = (failures: number, random: () => number = Math.random): number => {
  const ceiling = Math.min(5000, 50 * 2 ** Math.min(failures, 10));
  return (ceiling / 2) * (1 + random());
};
