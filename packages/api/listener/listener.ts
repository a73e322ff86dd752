import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { PlatformError } from '@causeway/model';
import { endStalledBodies } from './stalled-body.ts';

/** How long a connection may take to say its first byte, and a TLS handshake to end. */
const silentMs = 10_000;
const keepAliveMs = 75_000;
/** The first byte of a TLS handshake record (RFC 8446, 5.1). No HTTP method begins with it. */
const tlsHandshake = 0x16;

/** Milliseconds. */
export interface Patience {
  /** Until a request’s headers are complete. */
  readonly headersMs: number;
  /** How often that is looked at. */
  readonly checkEveryMs: number;
  /** Between two pieces of a request’s body. */
  readonly bodyIdleMs: number;
}

const defaultPatience: Patience = { headersMs: 30_000, checkEveryMs: 10_000, bodyIdleMs: 60_000 };

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Listener {
  /** Returns the port, which is a free one when 0 was asked for. Throws `PortInUse`. */
  listen(port: number, host: string): Promise<number>;
  /** New connections get this certificate. */
  renew(pair: KeyPair): void;
  /** No new connections; those that are busy may finish for `graceMs`, then they are cut off. */
  close(graceMs: number): Promise<void>;
}

const tlsOptions = ({ certificate, key }: KeyPair) => ({
  cert: certificate,
  key,
  minVersion: 'TLSv1.2' as const,
});

/** One port for HTTP and HTTPS, told apart by the first byte a client sends. */
export const createListener = (
  handler: http.RequestListener,
  pair: KeyPair,
  patience: Patience = defaultPatience,
): Listener => {
  // A request may take long: git pushes are large. Handlers that read whole bodies have a limit of their own.
  const options = {
    headersTimeout: patience.headersMs,
    connectionsCheckingInterval: patience.checkEveryMs,
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    noDelay: true,
  };
  const watchBody = endStalledBodies(patience.bodyIdleMs);
  const handle: http.RequestListener = (request, response) => {
    watchBody(request);
    handler(request, response);
  };
  const plain = http.createServer(options, handle);
  const secure = https.createServer(
    { ...options, ...tlsOptions(pair), ALPNProtocols: ['http/1.1'], handshakeTimeout: silentMs },
    handle,
  );
  // Neither listens itself; this starts their watch over slow headers and idle connections.
  plain.emit('listening');
  secure.emit('listening');

  const sockets = new Set<net.Socket>();
  const server = net.createServer(
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 },
    socket => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // Until a server takes it over, a reset connection is nobody's business.
      const ignore = () => {};
      socket.on('error', ignore);
      socket.setTimeout(silentMs, () => socket.destroy());
      socket.once('data', first => {
        socket.pause();
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        socket.removeListener('error', ignore);
        socket.unshift(first);
        (first[0] === tlsHandshake ? secure : plain).emit('connection', socket);
        process.nextTick(() => socket.resume());
      });
    },
  );

  return {
    async listen(port, host) {
      server.listen(port, host);
      try {
        await once(server, 'listening');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EADDRINUSE')
          throw new PlatformError('PortInUse', `port ${port} on ${host} is in use by another process`, {
            cause: error,
          });
        throw new PlatformError(
          'StartupFailed',
          `the API cannot listen on ${host}:${port}: ${(error as Error).message}`,
          { cause: error },
        );
      }
      return (server.address() as net.AddressInfo).port;
    },
    renew: next => secure.setSecureContext(tlsOptions(next)),
    async close(graceMs) {
      const closed = server.listening ? once(server, 'close') : Promise.resolve();
      server.close();
      const closeIdle = () => {
        plain.closeIdleConnections();
        secure.closeIdleConnections();
      };
      plain.close();
      secure.close();
      closeIdle();
      // What is busy now becomes idle when its answer is complete.
      const sweep = setInterval(closeIdle, 20);
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      // A connection that has said nothing yet has nothing to finish.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
};
