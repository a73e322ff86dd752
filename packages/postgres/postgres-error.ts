/** PostgreSQL could not do what was asked. `evidence` holds its last lines, `next` what to do. */
export class PostgresError extends Error {
  readonly evidence: readonly string[];
  readonly next: string | undefined;

  constructor(
    message: string,
    details: { evidence?: readonly string[]; next?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PostgresError';
    this.evidence = details.evidence ?? [];
    this.next = details.next;
  }
}
