import { PlatformError } from '@causeway/model';

interface Coded {
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** The innermost causes: undici and happy eyeballs wrap what the system said. */
const roots = (error: unknown): Coded[] => {
  const coded = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as Coded;
  if (coded.errors && coded.errors.length > 0) return coded.errors.flatMap(roots);
  return coded.cause === undefined ? [coded] : roots(coded.cause);
};

const slow = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const distrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

/** Why a server could not be asked, saying which one. `Unavailable`, or `Timeout` when it is there and does not answer. */
export const networkError = (server: string, error: unknown): PlatformError => {
  const causes = roots(error);
  const codes = causes.map(cause => cause.code ?? '');
  const evidence = [...new Set(causes.map(cause => cause.message || cause.code || 'unknown cause'))];
  if (codes.some(code => code === 'UND_ERR_HEADERS_TIMEOUT'))
    return new PlatformError('Timeout', `The platform at ${server} does not answer in time.`, {
      evidence,
      cause: error,
    });
  if (codes.some(code => distrusted.test(code)))
    return new PlatformError('Unavailable', `The certificate of ${server} is not trusted.`, {
      evidence,
      next: 'Sign in with the right certificate authority: `platform login --server URL --ca FILE`.',
      cause: error,
    });
  const why = codes.every(code => slow.has(code)) ? 'does not answer' : 'cannot be reached';
  return new PlatformError('Unavailable', `The platform at ${server} ${why}.`, {
    evidence,
    next: 'Start it with `platform up`, or name another with CAUSEWAY_SERVER or `platform login --server URL`.',
    cause: error,
  });
};

/** The connection was closed under a request, as a server does to idle ones; asking once more is safe for reads. */
export const isClosedConnection = (error: unknown): boolean =>
  roots(error).some(
    cause => cause.code === 'UND_ERR_SOCKET' || cause.code === 'ECONNRESET' || cause.code === 'EPIPE',
  );
