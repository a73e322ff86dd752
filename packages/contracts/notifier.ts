/** Something that happened, as CloudEvents 1.0 describes it (structured mode, JSON). */
export interface Notice {
  /** The same for the same happening, however often it is told. */
  readonly id: string;
  /** `dev.causeway.environment.expiring` */
  readonly type: string;
  /** `/teams/payments-team/environments/payments-staging` */
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Tells programs elsewhere what happened here. */
export interface Notifier {
  /** Resolves once the other side has taken it (2xx). Throws `Unavailable` otherwise, saying what was answered. Follows no redirects. */
  notify(url: string, notice: Notice, signal: AbortSignal): Promise<void>;
}
