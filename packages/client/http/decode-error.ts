import {
  catalogue,
  type ErrorCause,
  type ErrorCode,
  type ErrorDetails,
  PlatformError,
} from '@causeway/model';

/** The code for an answer that carries none: a proxy's, or another server's. */
const codeOfStatus = (status: number): ErrorCode => {
  switch (status) {
    case 400:
      return 'BadRequest';
    case 401:
      return 'Unauthenticated';
    case 403:
      return 'Forbidden';
    case 404:
      return 'NotFound';
    case 405:
      return 'MethodNotAllowed';
    case 406:
      return 'NotAcceptable';
    case 409:
      return 'Conflict';
    case 410:
      return 'Expired';
    case 413:
      return 'TooLarge';
    case 415:
      return 'UnsupportedMediaType';
    case 422:
      return 'Invalid';
    case 429:
      return 'TooManyRequests';
    case 502:
    case 503:
      return 'Unavailable';
    case 408:
    case 504:
      return 'Timeout';
    default:
      return status >= 400 && status < 500 ? 'BadRequest' : 'Internal';
  }
};

const codeOfReason: Readonly<Record<string, ErrorCode>> = {
  AlreadyExists: 'AlreadyExists',
  Expired: 'Expired',
  Gone: 'Expired',
};

const isCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(catalogue, value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];

const causesOf = (value: unknown): ErrorCause[] =>
  (Array.isArray(value) ? value : []).flatMap(item => {
    const { reason, message, field } = record(item);
    const said = text(message);
    if (said === undefined) return [];
    return [
      {
        message: said,
        ...(text(reason) === undefined ? {} : { reason: String(reason) }),
        ...(text(field) === undefined ? {} : { field: String(field) }),
      },
    ];
  });

/** `details.causes` of a Status also carry what Kubernetes has no place for: the catalogue's code, the evidence and what to do next. */
const carried = { code: 'Code', evidence: 'Evidence', next: 'Next' } as const;

/** A Kubernetes Status of a failure as the error it was made from. */
export const errorOfStatus = (status: Record<string, unknown>): PlatformError => {
  const details = record(status.details);
  const causes = causesOf(details.causes);
  const having = (reason: string): string[] =>
    causes.filter(cause => cause.reason === reason).map(cause => cause.message);
  const said = having(carried.code)[0];
  const code = isCode(said)
    ? said
    : (codeOfReason[String(status.reason)] ?? codeOfStatus(Number(status.code)));
  const next = having(carried.next)[0];
  const plain = causes.filter(cause => !Object.values<string>(carried).includes(cause.reason ?? ''));
  const message = text(status.message) ?? `The server answered ${status.code}.`;
  // The server joins a special next step to the message, for kubectl, which shows nothing else.
  const plainMessage =
    next !== undefined && message.endsWith(`. ${next}`) ? message.slice(0, -next.length - 2) : message;
  return new PlatformError(code, plainMessage, {
    evidence: having(carried.evidence),
    causes: plain,
    ...(next === undefined ? {} : { next }),
    ...(text(details.kind) === undefined ? {} : { kind: String(details.kind) }),
    ...(text(details.name) === undefined ? {} : { name: String(details.name) }),
    ...(typeof details.retryAfterSeconds === 'number'
      ? { retryAfterSeconds: details.retryAfterSeconds }
      : {}),
  });
};

const errorOfProblem = (problem: Record<string, unknown>, status: number): PlatformError => {
  const next = text(problem.next);
  const details: ErrorDetails = {
    evidence: texts(problem.evidence),
    causes: causesOf(problem.causes ?? problem.errors),
    ...(next === undefined ? {} : { next }),
  };
  const code = isCode(problem.code) ? problem.code : codeOfStatus(status);
  return new PlatformError(
    code,
    text(problem.detail) ?? text(problem.title) ?? `The server answered ${status}.`,
    details,
  );
};

const excerpt = (body: string): string[] => {
  const line = body.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return line === '' ? [] : [line];
};

/** What a failed answer says, as a PlatformError: a Kubernetes Status, RFC 9457 problem details, or anything else. */
export const decodeError = (status: number, body: string, asked: string): PlatformError => {
  let parsed: Record<string, unknown> = {};
  try {
    parsed = record(JSON.parse(body));
  } catch {
    // Not JSON: a proxy's page, or nothing. Its first characters become evidence.
  }
  if (parsed.kind === 'Status') return errorOfStatus(parsed);
  if ('title' in parsed || 'detail' in parsed) return errorOfProblem(parsed, status);
  return new PlatformError(codeOfStatus(status), `${asked} was answered with ${status}.`, {
    evidence: excerpt(body),
  });
};
