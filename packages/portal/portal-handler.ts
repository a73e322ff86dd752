import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { portalFiles, typeOf } from './portal-files.ts';

/**
 * What the pages may do: load our own files and call our own API. Nothing inline, no other origin, no frame around
 * them, no form that leaves, and no string that becomes markup or code (Trusted Types without a policy).
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Asked again each time, and answered 304: an upgrade is seen at once.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
};

interface Served {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

const read = (file: string): Served => {
  const plain = readFileSync(join(import.meta.dirname, 'static', file));
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type: typeOf(file), etag, plain, gzip: gzipSync(plain, { level: 9 }) };
};

const known = (request: IncomingMessage, etag: string): boolean =>
  (request.headers['if-none-match'] ?? '').split(',').some(tag => tag.trim() === etag || tag.trim() === '*');

/**
 * Serves the portal: the page at `/`, its files under `/portal/`. They are read once, here, and hold no data; the pages
 * ask the API. The answer says whether the request was for the portal; if not, nothing has been done with it.
 */
export const createPortalHandler = (): ((request: IncomingMessage, response: ServerResponse) => boolean) => {
  const served = new Map(Object.entries(portalFiles).map(([path, file]) => [path, read(file)]));
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const file = served.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (!file) return false;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('etag', file.etag);
    if (known(request, file.etag)) {
      response.writeHead(304).end();
      return true;
    }
    const compressed = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(
      String(request.headers['accept-encoding'] ?? ''),
    );
    const body = compressed ? file.gzip : file.plain;
    if (compressed) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': file.type, 'content-length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };
};
