import { type ServerResponse, STATUS_CODES } from 'node:http';

/** What the gateway itself answers, as problem details (RFC 9457). Sentences never hold an internal address. */
export interface Problem {
  readonly status: number;
  /** For programs. */
  readonly code: string;
  readonly detail: string;
  readonly next: string;
  readonly retryAfterSeconds?: number;
  /** Names of methods for `Allow`, with 405. */
  readonly allow?: string;
}

export const unknownHost = (hostname: string): Problem => ({
  status: 404,
  code: 'UnknownHost',
  detail: `No service answers for the host "${hostname}".`,
  next: 'Check the address; `platform get services` lists what runs and where.',
});

export const notConfigured: Problem = {
  status: 503,
  code: 'NotConfigured',
  detail: 'The gateway has just started and does not know the services yet.',
  next: 'Try again in a few seconds; `platform status` shows what is down.',
  retryAfterSeconds: 2,
};

export const noBackend = (service: string): Problem => ({
  status: 503,
  code: 'NoBackend',
  detail: `The service "${service}" has nothing running that could answer.`,
  next: `Try again in a few seconds; \`platform describe service ${service}\` says what it waits for.`,
  retryAfterSeconds: 2,
});

/** What a request waits for that is held: its code, and in words. */
const heldFor = {
  asleep: { code: 'Asleep', now: 'was asleep and is being woken', late: 'was asleep and did not wake' },
  starting: { code: 'Starting', now: 'is being started', late: 'is being started and was not ready' },
} as const;

type Hold = keyof typeof heldFor;

export const tooManyWait = (service: string, hold: Hold): Problem => ({
  status: 503,
  code: heldFor[hold].code,
  detail: `The service "${service}" ${heldFor[hold].now}; no more requests can wait for it.`,
  next: 'Try again in a few seconds.',
  retryAfterSeconds: 5,
});

export const waitedTooLong = (
  service: string,
  environment: string,
  hold: Hold,
  milliseconds: number,
): Problem => ({
  status: 503,
  code: heldFor[hold].code,
  detail: `The service "${service}" ${heldFor[hold].late} within ${milliseconds / 1000} s.`,
  next: `Try again; \`platform env describe ${environment}\` says what it waits for.`,
  retryAfterSeconds: 10,
});

export const gatewayEnds = (service: string): Problem => ({
  status: 503,
  code: 'GatewayEnds',
  detail: `The service "${service}" does not run yet, and the gateway process that kept the request ends.`,
  next: 'Try again: the request has not reached the service.',
  retryAfterSeconds: 2,
});

export const overloaded = (service: string): Problem => ({
  status: 503,
  code: 'Overloaded',
  detail: `The service "${service}" is answering as many requests as the gateway lets through at once.`,
  next: 'Try again in a moment.',
  retryAfterSeconds: 1,
});

export const unreachable = (service: string): Problem => ({
  status: 502,
  code: 'Unreachable',
  detail: `The service "${service}" accepts no connection.`,
  next: `Try again; \`platform logs ${service}\` shows what the program said last.`,
});

export const connectTimeout = (service: string): Problem => ({
  status: 504,
  code: 'ConnectTimeout',
  detail: `The service "${service}" did not accept a connection in time.`,
  next: `Try again; \`platform logs ${service}\` shows what the program said last.`,
});

export const brokenOff = (service: string): Problem => ({
  status: 502,
  code: 'BrokenOff',
  detail: `The service "${service}" broke off the connection before it answered.`,
  next: `\`platform logs ${service}\` shows what the program said last.`,
});

export const badAnswer = (service: string): Problem => ({
  status: 502,
  code: 'BadAnswer',
  detail: `The service "${service}" sent something that is not a valid HTTP response.`,
  next: `\`platform logs ${service}\` shows what the program said last.`,
});

export const responseTimeout = (service: string, milliseconds: number): Problem => ({
  status: 504,
  code: 'ResponseTimeout',
  detail: `The service "${service}" began no response within ${milliseconds / 1000} s.`,
  next: 'Answer sooner, or raise the route’s response timeout.',
});

export const badRequest = (detail: string): Problem => ({
  status: 400,
  code: 'BadRequest',
  detail,
  next: 'Correct the request and send it again.',
});

export const problemBody = (problem: Problem, requestId?: string): string => {
  const { status, code, detail, next } = problem;
  const title = STATUS_CODES[status] ?? 'Error';
  return `${JSON.stringify({ type: 'about:blank', title, status, detail, code, next, requestId })}\n`;
};

export const problemHeaders = (problem: Problem, body: string, requestId?: string): string[] => {
  const headers = ['content-type', 'application/problem+json', 'cache-control', 'no-store'];
  if (requestId !== undefined) headers.push('x-request-id', requestId);
  if (problem.retryAfterSeconds !== undefined) headers.push('retry-after', String(problem.retryAfterSeconds));
  if (problem.allow !== undefined) headers.push('allow', problem.allow);
  headers.push('content-length', String(Buffer.byteLength(body)));
  return headers;
};

export const sendProblem = (response: ServerResponse, problem: Problem, requestId?: string): void => {
  const body = problemBody(problem, requestId);
  // The phrase is given, because one that a backend sent may have been refused before.
  response.writeHead(problem.status, STATUS_CODES[problem.status], problemHeaders(problem, body, requestId));
  response.end(body);
};

/** A whole response for a connection that has no ServerResponse (yet); it ends the connection. */
export const rawProblem = (problem: Problem): string => {
  const body = problemBody(problem);
  const fields = problemHeaders(problem, body);
  let head = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}\r\nConnection: close\r\n`;
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return `${head}\r\n${body}`;
};
