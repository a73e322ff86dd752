import { catalogue, PlatformError } from '@causeway/model';

/** Whether an engine says that the policy is wrong, and not that it could not look at it. */
export const isFaultOfPolicy = (error: unknown): error is PlatformError =>
  error instanceof PlatformError && catalogue[error.code].reason === 'Invalid';
