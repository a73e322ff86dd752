import { isRequestId, newRequestId, newTraceparent, traceIdOf } from './trace-context.ts';

/** `drop`: concerns this connection only, or claims what only the gateway may say. The rest is read on the way. */
type Treatment =
  | 'drop'
  | 'host'
  | 'framing'
  | 'traceparent'
  | 'tracestate'
  | 'request-id'
  | 'forwarded-for'
  | 'forwarded'
  | 'via'
  | 'transfer-encoding';

const treatments = new Map<string, Treatment>([
  // Hop-by-hop (RFC 9110 §7.6.1); Expect is answered by the gateway itself.
  ['connection', 'drop'],
  ['keep-alive', 'drop'],
  ['proxy-connection', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['proxy-authorization', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['upgrade', 'drop'],
  ['http2-settings', 'drop'],
  ['expect', 'drop'],
  // CGI programs would take it for the variable HTTP_PROXY (CVE-2016-5385).
  ['proxy', 'drop'],
  ['transfer-encoding', 'transfer-encoding'],
  ['host', 'host'],
  ['content-length', 'framing'],
  ['traceparent', 'traceparent'],
  ['tracestate', 'tracestate'],
  ['x-request-id', 'request-id'],
  ['x-forwarded-for', 'forwarded-for'],
  ['forwarded', 'forwarded'],
  ['x-real-ip', 'forwarded'],
  ['via', 'via'],
]);

const treatmentOf = (name: string): Treatment | undefined => {
  const treatment = treatments.get(name);
  if (treatment) return treatment;
  if (name.startsWith('x-forwarded-')) return 'forwarded';
  // CGI and WSGI cannot tell `_` from `-`: a name that is one of ours there must not slip through.
  if (name.includes('_') && treatmentOf(name.replaceAll('_', '-'))) return 'drop';
  return undefined;
};

/** Header names that `Connection` lists besides the usual ones; Host and the framing cannot be removed by it. */
const namedByConnection = (raw: readonly string[]): Set<string> | undefined => {
  let named: Set<string> | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[i + 1]!.toLowerCase();
    if (value === 'keep-alive' || value === 'close' || value === 'upgrade') continue;
    named ??= new Set();
    for (const option of value.split(',')) named.add(option.trim());
    named.delete('host');
    named.delete('content-length');
  }
  return named;
};

export interface RequestContext {
  /** Goes on as `Host`. */
  readonly authority: string;
  readonly remoteAddress: string;
  /** Whether what the client says of earlier hops is believed: only behind another proxy of one's own. */
  readonly trustForwarded: boolean;
}

/** The head of a request as its backend gets it. */
export interface ForwardedRequest {
  /** Name, value, name, value …; the duplicates and their order are kept. */
  readonly headers: string[];
  readonly requestId: string;
  readonly traceId: string;
}

/** Rewrites a request's headers for the backend; a string says why the request cannot be accepted. */
export const forwardedRequest = (
  raw: readonly string[],
  context: RequestContext,
): ForwardedRequest | string => {
  const headers: string[] = ['host', context.authority];
  const named = namedByConnection(raw);
  let hosts = 0;
  let codings = 0;
  let requestId: string | undefined;
  let traceparent: string | undefined;
  let traceId: string | undefined;
  let tracestate = '';
  let forwardedFor = '';
  let forwardedHost = false;
  let forwardedProto = false;
  let via = '';
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    const lower = name.toLowerCase();
    const treatment = treatmentOf(lower);
    if (treatment !== 'transfer-encoding' && named?.has(lower)) continue;
    switch (treatment) {
      case undefined:
      case 'framing':
        headers.push(name, value);
        break;
      case 'host':
        if (++hosts > 1) return 'The request has more than one Host header.';
        break;
      case 'transfer-encoding':
        if (value.toLowerCase() !== 'chunked' || ++codings > 1)
          return 'The only transfer coding that is understood is "chunked", once.';
        break;
      case 'request-id':
        if (isRequestId(value)) requestId = value;
        break;
      case 'traceparent':
        traceId = traceparent === undefined ? traceIdOf(value) : undefined;
        traceparent = value;
        break;
      case 'tracestate':
        tracestate = tracestate === '' ? value : `${tracestate},${value}`;
        break;
      case 'forwarded-for':
        forwardedFor = forwardedFor === '' ? value : `${forwardedFor}, ${value}`;
        break;
      case 'forwarded':
        if (!context.trustForwarded || lower === 'forwarded') break;
        forwardedHost ||= lower === 'x-forwarded-host';
        forwardedProto ||= lower === 'x-forwarded-proto';
        headers.push(name, value);
        break;
      case 'via':
        via = via === '' ? value : `${via}, ${value}`;
        break;
    }
  }
  const chain = context.trustForwarded && forwardedFor !== '' ? `${forwardedFor}, ` : '';
  headers.push('x-forwarded-for', chain + context.remoteAddress);
  if (!forwardedProto) headers.push('x-forwarded-proto', 'http');
  if (!forwardedHost) headers.push('x-forwarded-host', context.authority);
  if (traceId === undefined) {
    traceparent = newTraceparent();
    traceId = traceparent.slice(3, 35);
  } else if (tracestate !== '') headers.push('tracestate', tracestate);
  requestId ??= newRequestId();
  headers.push('traceparent', traceparent!, 'x-request-id', requestId);
  headers.push('via', via === '' ? '1.1 causeway' : `${via}, 1.1 causeway`);
  return { headers, requestId, traceId };
};
