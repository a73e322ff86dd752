import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@causeway/model';

const loopback = /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)*localhost)$/;

/**
 * Refuses what a foreign web page could make a browser send: requests under a host name that is not ours (DNS
 * rebinding), and requests of another origin. A deployed service's page on `*.localhost` is another origin, too.
 */
export const createHostGuard = (names: readonly string[]): ((request: IncomingMessage) => void) => {
  const configured = new Set(names.map(name => name.toLowerCase()));
  /** Most requests name the same host as the one before. */
  let last: string | undefined;
  return ({ headers }) => {
    if (headers.host !== undefined && headers.host === last && headers.origin === undefined) return;
    const host = (headers.host ?? '').toLowerCase();
    const name = host.replace(/:\d*$/, '');
    if (!loopback.test(name) && !configured.has(name))
      throw new PlatformError(
        'Forbidden',
        `the host name ${JSON.stringify(name.slice(0, 100))} is not one of this platform`,
        {
          next: 'Use 127.0.0.1 or localhost, or add the name to hosts in config.yaml.',
        },
      );
    last = headers.host;
    const { origin } = headers;
    if (origin === undefined) return;
    const own = /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1];
    if (own !== host)
      throw new PlatformError(
        'Forbidden',
        `requests of web pages from ${origin.slice(0, 100)} are not served`,
        {
          next: 'Use the portal of this platform itself.',
        },
      );
  };
};
