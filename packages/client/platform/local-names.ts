import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { Agent } from '../http/undici-parts.ts';

/** RFC 6761: names under `localhost` are this machine. Browsers, curl and git know, Node and many resolvers do not. */
export const isLocalName = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost');

const lookup: LookupFunction = (hostname, options, callback) => {
  if (!isLocalName(hostname)) return systemLookup(hostname, options, callback);
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** Connections to services at `*.localhost`, whatever the machine's resolver thinks of such names. */
export const localNamesDispatcher = (): Dispatcher => new Agent({ connect: { lookup } });
