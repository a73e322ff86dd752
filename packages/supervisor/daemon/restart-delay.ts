/** Ends that are older than this are forgotten. */
const WINDOW_MS = 60_000;
const LONGEST_MS = 10_000;

/**
 * How long to wait before a process is started again: not at all the first time, then longer with each end within the
 * last minute. Milliseconds.
 * @param ends when it ended, oldest first, the last one included.
 */
export const restartDelay = (ends: readonly number[], now: number): number => {
  const recent = ends.filter(end => now - end < WINDOW_MS).length;
  return recent <= 1 ? 0 : Math.min(LONGEST_MS, 125 * 2 ** (recent - 1));
};
