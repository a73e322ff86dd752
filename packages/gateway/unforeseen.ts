/** So many in so short a time, and the process is no longer trusted. */
const most = 20;
const withinMs = 60_000;

export interface UnforeseenOptions {
  readonly report: (message: string) => void;
  /** Hands over to a new process; it goes on serving when that does not work. */
  readonly replace: () => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/**
 * What is done about an exception that nobody caught. One request’s trouble must not end all others: it is reported, and
 * what it left behind ends with its connection. When they come in numbers, a new process takes over.
 */
export const createUnforeseen = ({ report, replace, now }: UnforeseenOptions) => {
  let recent: number[] = [];
  return (error: unknown): void => {
    report(`Unforeseen: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    const at = now();
    recent = [...recent.filter(time => at - time < withinMs), at];
    if (recent.length < most) return;
    recent = [];
    report(`${most} of these within ${withinMs / 1000} s: handing over to a new process.`);
    replace();
  };
};
