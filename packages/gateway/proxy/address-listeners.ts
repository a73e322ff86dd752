import type { Server } from 'node:http';
import { createServer, type ListenOptions, type Server as NetServer, type Socket } from 'node:net';

export interface AddressListenersOptions {
  /** Who answers on connections that are accepted here. */
  readonly http: Server;
  readonly maxConnections: number;
  readonly report: (message: string) => void;
}

const retryMs = 1_000;

/** All IPv4 addresses of this machine, these among them. */
const wildcards = new Set(['0.0.0.0', '::']);

/**
 * Listens on a loopback address for each service, at the gateway’s port: programs that cannot resolve host names reach
 * services by it. Which address a connection came to says which service is meant.
 */
export class AddressListeners {
  readonly #options: AddressListenersOptions;
  readonly #servers = new Map<string, NetServer>();
  /** Those that could not be listened on; said once each. */
  readonly #refused = new Set<string>();
  #wanted: ReadonlySet<string> = new Set();
  #port: number | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: AddressListenersOptions) {
    this.#options = options;
  }

  /** Listens on these from now on, and on no others. */
  want(addresses: ReadonlySet<string>): void {
    this.#wanted = addresses;
    this.#tend();
  }

  /** Opens what is wanted; before, nothing is. */
  start({ address, port }: { readonly address: string; readonly port: number }): void {
    if (wildcards.has(address)) return;
    this.#port = port;
    this.#tend();
  }

  /** Opens and closes nothing any more: another process takes over. Returns what is open. */
  hand(): ReadonlyMap<string, NetServer> {
    this.#port = undefined;
    return this.#servers;
  }

  /** Accepts on what another process has opened. */
  adopt(address: string, opened: NetServer): void {
    this.#open(address, opened);
  }

  /** Accepts nothing new; resolves when all connections that came this way have ended. */
  async close(): Promise<void> {
    this.#port = undefined;
    clearTimeout(this.#retry);
    const closing = [...this.#servers.values()].map(
      server => new Promise<void>(resolve => server.close(() => resolve())),
    );
    this.#servers.clear();
    await Promise.all(closing);
  }

  #tend(): void {
    const port = this.#port;
    if (port === undefined) return;
    for (const [address, server] of this.#servers)
      if (!this.#wanted.has(address)) {
        this.#servers.delete(address);
        server.close();
      }
    for (const address of this.#wanted)
      if (!this.#servers.has(address)) this.#open(address, { host: address, port });
  }

  #open(address: string, listening: ListenOptions | NetServer): void {
    const { http, maxConnections, report } = this.#options;
    const server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
      socket => {
        // What becomes of a silent connection is asked of its server (Node’s _http_server.js, socketOnTimeout).
        (socket as Socket & { server: Server }).server = http;
        http.emit('connection', socket);
      },
    );
    server.maxConnections = maxConnections;
    server.on('error', error => {
      this.#servers.delete(address);
      if (!this.#refused.has(address))
        report(`Services are not reached by ${address}: ${error.message}. It is tried again.`);
      this.#refused.add(address);
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#tend();
      }, retryMs).unref();
    });
    server.on('listening', () => this.#refused.delete(address));
    this.#servers.set(address, server);
    server.listen(listening as ListenOptions);
  }
}
