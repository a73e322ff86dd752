import type { ErrorCode } from '@causeway/model';

/** What the command's exit code says. `platform --help` lists them. */
export const exitCodes = {
  ok: 0,
  /** Something went wrong that the message explains: a build, a rollout, the machine. */
  failed: 1,
  /** The command line or its input is wrong. */
  usage: 2,
  /** The platform does not run or cannot be reached. */
  unreachable: 3,
  notFound: 4,
  /** Not signed in, or not allowed. */
  refused: 5,
  /** It exists already, or something else changed it meanwhile. */
  conflict: 6,
  /** Not in time; it may still happen. */
  timeout: 7,
  /** Ended with Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;

const byError: Partial<Record<ErrorCode, number>> = {
  Usage: exitCodes.usage,
  BadRequest: exitCodes.usage,
  Invalid: exitCodes.usage,
  TooLarge: exitCodes.usage,
  NotRunning: exitCodes.unreachable,
  Unavailable: exitCodes.unreachable,
  NotFound: exitCodes.notFound,
  ReleaseNotFound: exitCodes.notFound,
  RepositoryNotFound: exitCodes.notFound,
  Unauthenticated: exitCodes.refused,
  Forbidden: exitCodes.refused,
  QuotaExceeded: exitCodes.refused,
  PolicyDenied: exitCodes.refused,
  PushRefused: exitCodes.refused,
  AlreadyExists: exitCodes.conflict,
  AlreadyRunning: exitCodes.conflict,
  Conflict: exitCodes.conflict,
  ApplyConflict: exitCodes.conflict,
  NotMergeable: exitCodes.conflict,
  Timeout: exitCodes.timeout,
  RolloutTimeout: exitCodes.timeout,
  PromotionWaiting: exitCodes.conflict,
};

export const exitCodeOf = (code: ErrorCode): number => byError[code] ?? exitCodes.failed;
