/** When a workload that ended is started again. All times in milliseconds. */
export interface RestartPolicy {
  /** Before the first restart. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** It ran well that long: the next delay is the first again. */
  readonly forgetAfterMs: number;
  /** That many ends before it was ever ready, and it counts as failed. */
  readonly earlyExits: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 200,
  longestDelayMs: 60_000,
  forgetAfterMs: 60_000,
  earlyExits: 3,
};

/** Doubles with every end in a row, with ± 25 % so that workloads that fell together do not start together. */
export const restartDelayMs = (
  policy: RestartPolicy,
  endsInARow: number,
  random: () => number = Math.random,
): number => {
  const delay = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** Math.min(endsInARow - 1, 30));
  return Math.round(delay * (0.75 + random() / 2));
};
