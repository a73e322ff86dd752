/** Upper bounds of every duration histogram, seconds: the gateway’s, and below them what takes microseconds. */
export const durationBuckets: readonly number[] = [
  0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
