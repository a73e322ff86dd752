import { PlatformError } from '@causeway/model';
import type { Dispatcher } from 'undici';
import { decodeError } from './decode-error.ts';
import { isClosedConnection, networkError } from './network-error.ts';
import { Agent, request } from './undici-parts.ts';

export interface TransportOptions {
  /** `http://127.0.0.1:7070`, or https; a path in front of the API is kept. */
  readonly server: string;
  /** A bearer token, or how to get the one of the moment. */
  readonly token?: string | (() => string);
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** Instead of the client's own connections. It is not closed with the client. */
  readonly dispatcher?: Dispatcher;
}

export interface Call {
  readonly method: string;
  /** With its query, already encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** How long an answer's body may pause, milliseconds. Default five minutes; 0 for ever. */
  readonly pauseMs?: number;
}

/** An answer whose body is still to be read. */
export interface Answer {
  readonly status: number;
  readonly body: Dispatcher.ResponseData['body'];
}

/** One server, over kept connections. Failures of every kind leave as PlatformError; an abort leaves as the signal's reason. */
export interface Transport {
  readonly server: string;
  /** The parsed JSON of an answer, `undefined` for an empty one. */
  json(call: Call): Promise<unknown>;
  open(call: Call): Promise<Answer>;
  /** Rethrows what reading an opened body threw. */
  readFailed(error: unknown, signal?: AbortSignal): never;
  close(): Promise<void>;
}

/** How long a server may take to begin an answer: longer than any wait it makes on its own (60 s). */
const answerWithinMs = 90_000;
const connectWithinMs = 10_000;
const pauseMs = 300_000;

const parseServer = (server: string): URL => {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password)
    return url;
  throw new PlatformError('Usage', `${JSON.stringify(server)} is not the address of a server.`, {
    next: 'Give it as http://HOST:PORT or https://HOST.',
  });
};

export const createTransport = (options: TransportOptions): Transport => {
  const url = parseServer(options.server);
  const prefix = url.pathname.replace(/\/+$/, '');
  const server = url.origin + prefix;
  const dispatcher =
    options.dispatcher ??
    new Agent({
      allowH2: false,
      headersTimeout: answerWithinMs,
      connect: { timeout: connectWithinMs, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    });

  const headersOf = (call: Call): Record<string, string> => {
    const headers: Record<string, string> = { accept: call.accept ?? 'application/json' };
    const token = typeof options.token === 'function' ? options.token() : options.token;
    if (token) headers.authorization = `Bearer ${token}`;
    if (call.body !== undefined) headers['content-type'] = call.contentType ?? 'application/json';
    return headers;
  };

  const readFailed = (error: unknown, signal?: AbortSignal): never => {
    if (signal?.aborted) throw signal.reason;
    throw error instanceof PlatformError ? error : networkError(server, error);
  };

  const send = (call: Call): Promise<Dispatcher.ResponseData> =>
    request.call(dispatcher, {
      origin: url.origin,
      path: prefix + call.path,
      method: call.method as Dispatcher.HttpMethod,
      headers: headersOf(call),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ?? null,
      bodyTimeout: call.pauseMs ?? pauseMs,
    });

  const open = async (call: Call): Promise<Answer> => {
    try {
      call.signal?.throwIfAborted();
      const response = await send(call).catch(error => {
        if (call.method !== 'GET' || call.signal?.aborted || !isClosedConnection(error)) throw error;
        return send(call);
      });
      if (response.statusCode < 300) return { status: response.statusCode, body: response.body };
      const failure = decodeError(
        response.statusCode,
        await response.body.text(),
        `${call.method} ${server}${call.path}`,
      );
      throw failure;
    } catch (error) {
      return readFailed(error, call.signal);
    }
  };

  const json = async (call: Call): Promise<unknown> => {
    const { body } = await open(call);
    const text = await body.text().catch(error => readFailed(error, call.signal));
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new PlatformError(
        'Unavailable',
        `${server} did not answer with JSON: it may not be a Causeway server.`,
        {
          evidence: [text.slice(0, 200)],
          next: 'Check the address of the server.',
        },
      );
    }
  };

  const close = async (): Promise<void> => {
    if (options.dispatcher === undefined) await dispatcher.destroy();
  };

  return { server, json, open, readFailed, close };
};
