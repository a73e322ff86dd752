import { type CatalogueEntry, catalogue, type ErrorCode } from './catalogue.ts';

/** One field that is wrong: `field` is a path such as `spec.replicas`. */
export interface ErrorCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface ErrorDetails {
  /** What shows that it is so: the process's last lines, a path, an id. */
  readonly evidence?: readonly string[];
  /** Instead of the catalogue's, when something more precise can be said. */
  readonly next?: string;
  readonly causes?: readonly ErrorCause[];
  readonly kind?: string;
  readonly name?: string;
  readonly retryAfterSeconds?: number;
  /** Of a list that can only go on otherwise than it began. */
  readonly continue?: string;
  readonly cause?: unknown;
}

/** The only error that is meant for a person: what failed, why, evidence, what to do next. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly evidence: readonly string[];
  readonly next: string;
  readonly causes: readonly ErrorCause[];
  readonly kind: string | undefined;
  readonly objectName: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly continue: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.evidence = details.evidence ?? [];
    this.next = details.next ?? catalogue[code].next;
    this.causes = details.causes ?? [];
    this.kind = details.kind;
    this.objectName = details.name;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.continue = details.continue;
  }

  /** The same failure in other words. */
  reworded(message: string): PlatformError {
    const { code, evidence, next, causes, kind, objectName, retryAfterSeconds, continue: onward } = this;
    const said = new PlatformError(code, message, { cause: this });
    return Object.assign(said, {
      evidence,
      next,
      causes,
      kind,
      objectName,
      retryAfterSeconds,
      continue: onward,
    });
  }

  get entry(): CatalogueEntry {
    return catalogue[this.code];
  }
}

export const isPlatformError = (error: unknown, code?: ErrorCode): error is PlatformError =>
  error instanceof PlatformError && (code === undefined || error.code === code);

/** What a machine runs out of, by the codes of errno(3). */
const shortages: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOMEM: 'no memory is left',
};

/**
 * Any thrown value as a PlatformError: a machine that has run out of something is `MachineFull`, what we did not foresee becomes
 * `Internal`. Both keep their cause.
 */
export const toPlatformError = (error: unknown): PlatformError => {
  if (error instanceof PlatformError) return error;
  const { message, code = '' } =
    error instanceof Error ? (error as Error & { readonly code?: string }) : { message: String(error) };
  const shortage = Object.hasOwn(shortages, code) ? shortages[code] : undefined;
  return shortage === undefined
    ? new PlatformError('Internal', message, { cause: error })
    : new PlatformError('MachineFull', `the machine is full: ${shortage}`, {
        evidence: [message],
        cause: error,
      });
};

/** A failure as it stands in a status: serialisable, for people and programs. */
export interface FailureReport {
  code: ErrorCode;
  message: string;
  evidence: string[];
  next: string;
}

export const reportOf = (error: unknown): FailureReport => {
  const known = toPlatformError(error);
  return { code: known.code, message: known.message, evidence: [...known.evidence], next: known.next };
};
