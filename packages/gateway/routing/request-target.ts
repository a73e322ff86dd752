import { hostNameOf } from './host-name.ts';

/** Where a request wants to go. */
export interface RequestTarget {
  /** As the client sent it, with its port: what the backend gets as `Host`. */
  readonly authority: string;
  /** Lower case, without the port: what routes are found by. */
  readonly hostname: string;
  /** Path and query. */
  readonly path: string;
}

const absoluteForm = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Reads the request target (RFC 9112 §3.2): origin-form with the `Host` header, or absolute-form, whose authority
 * then counts instead of `Host`. A string says what is wrong with it.
 */
export const requestTarget = (url: string, host: string | undefined): RequestTarget | string => {
  let authority = host;
  let path = url;
  if (url.charCodeAt(0) !== 47) {
    const absolute = absoluteForm.exec(url);
    if (!absolute) return 'The request target must be a path that begins with "/".';
    authority = absolute[1]!;
    const rest = absolute[2]!;
    path = rest.startsWith('/') ? rest : `/${rest}`;
  }
  if (authority === undefined) return 'The request names no host: it has no Host header.';
  const hostname = hostNameOf(authority);
  return hostname === undefined ? 'The Host header is not a valid host name.' : { authority, hostname, path };
};
