import type { IncomingMessage } from 'node:http';
import type { ResponseFields } from './response-headers.ts';

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~/-]{1,64}$/;

/**
 * The protocol a request may switch its connection to, or `undefined` when it is served as an ordinary request.
 * `h2c` never: a backend that took it would answer requests on it that nobody has checked.
 */
export const upgradeProtocol = (request: IncomingMessage): string | undefined => {
  const { upgrade } = request.headers;
  if (upgrade === undefined || !token.test(upgrade) || upgrade.toLowerCase().startsWith('h2'))
    return undefined;
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined)
    return undefined;
  return request.method === 'GET' ? upgrade : undefined;
};

const replaced = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
]);

/** The 101 response for the client, with everything the backend said about the protocol. */
export const upgradeHead = (fields: ResponseFields, requestId: string): string => {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n';
  for (const [name, value] of Object.entries(fields)) {
    if (replaced.has(name) || value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) head += `${name}: ${one}\r\n`;
  }
  return `${head}x-request-id: ${requestId}\r\n\r\n`;
};
