import { randomUUID } from 'node:crypto';
import { catalogue, PlatformError } from '@causeway/model';
import { type Call, sendText } from './call.ts';

/** Which object a failed request was about, as far as its address says. */
export interface Subject {
  readonly group?: string;
  readonly plural?: string;
  readonly kind?: string;
  readonly name?: string | undefined;
}

/** What was not foreseen: the person gets an id, the log gets everything. */
export const presentable = (error: unknown, log: (line: string) => void, what: string): PlatformError => {
  if (error instanceof PlatformError && error.code !== 'Internal') return error;
  const id = randomUUID().slice(0, 8);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`error ${id}: ${what}: ${detail}`);
  return new PlatformError('Internal', `An internal error occurred (id ${id})`, { evidence: [`id ${id}`] });
};

/**
 * An error as a Kubernetes Status. What Kubernetes has no place for stands in `details.causes` with the reasons `Code`,
 * `Evidence` and `Next`. kubectl shows only the message, so a next step that is more than the catalogue's joins it.
 */
export const statusOf = (error: PlatformError, subject: Subject = {}) => {
  const { status, reason, next } = catalogue[error.code];
  const special = error.next !== next && error.code !== 'Invalid';
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.continue ? { continue: error.continue } : {},
    status: 'Failure',
    message: special ? `${error.message}. ${error.next}` : error.message,
    reason,
    details: {
      name: error.objectName ?? subject.name,
      // A namespace that is not there is of no group, whoever was to live in it.
      group: error.kind === 'namespaces' ? undefined : subject.group || undefined,
      kind: (reason === 'Invalid' ? subject.kind : undefined) ?? error.kind ?? subject.plural,
      causes: [
        ...error.causes,
        { reason: 'Code', message: error.code, field: 'code' },
        ...error.evidence.map(message => ({ reason: 'Evidence', message, field: 'evidence' })),
        { reason: 'Next', message: error.next, field: 'next' },
      ],
      retryAfterSeconds: error.retryAfterSeconds,
    },
    code: status,
  };
};

/** An error as RFC 9457 problem details. */
export const problemOf = (error: PlatformError) => ({
  type: `https://causeway.dev/errors/${error.code}`,
  title: error.code,
  status: catalogue[error.code].status,
  detail: error.message,
  code: error.code,
  evidence: error.evidence,
  causes: error.causes,
  next: error.next,
  retryAfterSeconds: error.retryAfterSeconds,
});

const wantsProblem = ({ path, request }: Call): boolean =>
  request.headers.accept?.includes('application/problem+json') === true || !/^\/apis?(?:\/|$)/.test(path);

/** Answers with an error, or cuts an answer off that has already begun. */
export const sendError = (call: Call, error: PlatformError, subject?: Subject): void => {
  const { response } = call;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status } = catalogue[error.code];
  if (error.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', String(error.retryAfterSeconds));
  else if (status === 503) response.setHeader('retry-after', '1');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer realm="causeway"');
  if (wantsProblem(call))
    sendText(call, status, 'application/problem+json', JSON.stringify(problemOf(error)));
  else sendText(call, status, 'application/json', JSON.stringify(statusOf(error, subject)));
};
