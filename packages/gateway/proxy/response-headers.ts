/** Hop-by-hop (RFC 9110 §7.6.1): the gateway frames and keeps its own connection. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export type ResponseFields = Readonly<Record<string, string | string[] | undefined>>;

export interface ForwardedResponse {
  /** Name, value, name, value … for writeHead. */
  readonly headers: string[];
  /** As declared; -1 when it is not. */
  readonly contentLength: number;
  /** An endless stream of events, whose duration says nothing about latency. */
  readonly eventStream: boolean;
}

const textOf = (value: string | string[] | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : value.join(', ');

const namedByConnection = (fields: ResponseFields): Set<string> | undefined => {
  const connection = textOf(fields.connection).toLowerCase();
  if (connection === '' || connection === 'keep-alive' || connection === 'close') return undefined;
  const named = new Set(connection.split(',').map(option => option.trim()));
  named.delete('content-length');
  return named;
};

/**
 * Rewrites a response's headers for the client. `trailers` says whether this response can carry them.
 * `undefined`: the backend used a transfer coding that cannot be passed on.
 */
export const forwardedResponse = (
  fields: ResponseFields,
  requestId: string,
  trailers: boolean,
): ForwardedResponse | undefined => {
  const headers: string[] = [];
  const named = namedByConnection(fields);
  let length: string | undefined;
  let eventStream = false;
  for (const name in fields) {
    const value = fields[name]!;
    if (hopByHop.has(name)) {
      if (name === 'transfer-encoding' && textOf(value).toLowerCase() !== 'chunked') return undefined;
      continue;
    }
    if (named?.has(name)) continue;
    if (name === 'content-length') length = value as string;
    else if (name === 'trailer' && !(trailers && fields['transfer-encoding'])) continue;
    else if (typeof value !== 'string') for (const one of value) headers.push(name, one);
    else {
      headers.push(name, value);
      if (name === 'content-type') eventStream = value.startsWith('text/event-stream');
    }
  }
  if (fields['x-request-id'] === undefined) headers.push('x-request-id', requestId);
  // Last: Node re-encodes a Content-Disposition that follows a Content-Length.
  if (length !== undefined) headers.push('content-length', length);
  return { headers, contentLength: length === undefined ? -1 : Number(length), eventStream };
};
