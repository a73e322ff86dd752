import {
  badAnswer,
  badRequest,
  brokenOff,
  connectTimeout,
  type Problem,
  responseTimeout,
  unreachable,
} from './problem.ts';

/** How far a request had come when its connection failed. */
export interface Attempt {
  readonly method: string;
  readonly hasBody: boolean;
  /** Something of the body was taken from the client: it cannot be sent again. */
  readonly bodyTaken: boolean;
  /** Something may have reached the backend. */
  readonly sent: boolean;
  /** The socket had served a request before: the backend may have been closing it meanwhile. */
  readonly reused: boolean;
  /** The backend had begun to answer. */
  readonly answering: boolean;
}

/** RFC 9110 §9.2.2: doing it twice does no more than doing it once. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
const connectionLost = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED']);

const codeOf = (error: unknown): string => (error as { code?: string } | undefined)?.code ?? '';

/** What was wrong with the request itself is so everywhere. */
const isOurFault = (error: unknown): boolean => codeOf(error) === 'UND_ERR_INVALID_ARG';

/**
 * `elsewhere`: nothing has reached the backend, so another one may be asked.
 * `afresh`: the used connection was just being closed, so the same request may go out again on a new one.
 */
export const mayRepeat = (attempt: Attempt, error: unknown): 'elsewhere' | 'afresh' | undefined => {
  if (isOurFault(error) || attempt.bodyTaken) return undefined;
  if (!attempt.sent) return 'elsewhere';
  const lost = connectionLost.has(codeOf(error));
  const repeatable = idempotent.has(attempt.method) && !attempt.hasBody;
  return lost && repeatable && attempt.reused && !attempt.answering ? 'afresh' : undefined;
};

/** What the client is told when a request failed for good. */
export const problemOf = (
  attempt: Attempt,
  error: unknown,
  service: string,
  responseTimeoutMs: number,
): Problem => {
  const code = codeOf(error);
  if (isOurFault(error)) return badRequest('The request holds characters that HTTP does not allow.');
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return connectTimeout(service);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return responseTimeout(service, responseTimeoutMs);
  if (!attempt.sent) return unreachable(service);
  return connectionLost.has(code) && !attempt.answering ? brokenOff(service) : badAnswer(service);
};
