import type { IncomingMessage, ServerResponse } from 'node:http';
import { createNotes, type RequestNotes } from './request-notes.ts';

const noQuery = new URLSearchParams();

/** One request and its answer, with the address taken apart once. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** As sent, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly notes: RequestNotes;
}

export const createCall = (request: IncomingMessage, response: ServerResponse): Call => {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const method = request.method ?? 'GET';
  return {
    request,
    response,
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? noQuery : new URLSearchParams(url.slice(mark + 1)),
    notes: createNotes(method),
  };
};

/** Ends when the client is gone or the answer is complete. */
export const signalOf = ({ response }: Call): AbortSignal => {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
};

/** True as Kubernetes reads a boolean parameter: present means true unless it says otherwise. */
export const flag = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
};

/** What every answer carries: it is for this client alone, and it is what its media type says. */
export const answerHeaders = {
  'cache-control': 'no-cache, private',
  'x-content-type-options': 'nosniff',
} as const;

export const sendText = (
  { response, notes }: Call,
  status: number,
  contentType: string,
  text: string,
): void => {
  notes.readyAt = performance.now();
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': length,
    ...answerHeaders,
  });
  // Of pure ASCII, as nearly all answers are, Node need not find out what each character takes.
  response.end(text, length === text.length ? 'latin1' : 'utf8');
};

/** `text` is JSON already; `?pretty=true` indents it for people. */
export const sendJsonText = (
  call: Call,
  status: number,
  text: string,
  contentType = 'application/json',
): void => {
  const wanted = call.query.size > 0 && call.query.has('pretty') && flag(call.query, 'pretty');
  sendText(call, status, contentType, wanted ? `${JSON.stringify(JSON.parse(text), null, 2)}\n` : text);
};

export const sendJson = (call: Call, status: number, value: unknown, contentType?: string): void =>
  sendJsonText(call, status, JSON.stringify(value), contentType);
