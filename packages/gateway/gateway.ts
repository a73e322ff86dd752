import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, ListenOptions, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { PlatformError } from '@causeway/model';
import { AccessLogs } from './observe/access-logs.ts';
import { gatewayMetrics } from './observe/gateway-metrics.ts';
import { createMetricsServer } from './observe/metrics-server.ts';
import { type DrainOptions, defaultLimits, type ProxyLimits, ProxyServer } from './proxy/proxy-server.ts';
import { defaultHold, type HoldLimits } from './routing/held-requests.ts';
import { Router } from './routing/router.ts';
import type { RouteSource } from './source/route-source.ts';
import { SavedRoutes } from './source/saved-routes.ts';

export interface GatewayOptions {
  /** DATA: the last good configuration and the access logs are kept in it. */
  readonly data: string;
  readonly source: RouteSource;
  /** What went wrong and does not stop the gateway. */
  readonly report: (message: string) => void;
  /** Believe `X-Forwarded-*` of clients: only behind another proxy. Default false. */
  readonly trustForwarded?: boolean;
  readonly limits?: Partial<ProxyLimits>;
  /** Default 1000. */
  readonly maxConnectionsPerBackend?: number;
  /** How many requests wait for what sleeps, and for how long. */
  readonly hold?: HoldLimits;
  /** An access log this large is rotated. Bytes; default 20 MiB. */
  readonly maxLogBytes?: number;
}

/** Where to listen: an address, or a server that listens already, from the process before this one. */
export type Listening = ListenOptions | NetServer;

const saveDebounceMs = 200;

/** The data plane of the platform in one process. */
export class Gateway {
  readonly router: Router;
  readonly proxy: ProxyServer;
  readonly metrics: Server;
  readonly #source: RouteSource;
  readonly #saved: SavedRoutes;
  readonly #logs: AccessLogs;

  constructor(options: GatewayOptions) {
    const { data, source, report } = options;
    this.#source = source;
    this.#saved = new SavedRoutes({
      path: join(data, 'gateway', 'routes.json'),
      debounceMs: saveDebounceMs,
      onError: error => report(`The routes could not be saved or read: ${error.message}`),
    });
    this.#logs = new AccessLogs({
      folder: join(data, 'logs', 'access'),
      maxFileBytes: options.maxLogBytes ?? 20 * 1024 * 1024,
      now: Date.now,
      onError: (path, error) => report(`The access log ${path} cannot be written: ${error.message}`),
    });
    this.router = new Router({
      source,
      saved: this.#saved,
      logs: this.#logs,
      limits: {
        connectionsPerBackend: options.maxConnectionsPerBackend ?? 1_000,
        hold: options.hold ?? defaultHold,
      },
      wallClock: Date.now,
      onAddresses: addresses => this.proxy.addresses.want(addresses),
    });
    this.proxy = new ProxyServer({
      router: this.router,
      trustForwarded: options.trustForwarded ?? false,
      limits: { ...defaultLimits, ...options.limits },
      now: () => performance.now(),
      wallClock: Date.now,
      report,
    });
    this.metrics = createMetricsServer({ metrics: () => this.#families(), notReady: () => this.#notReady() });
  }

  /** Serves what the last run knew, and follows the source from now on. */
  start(): void {
    this.router.restore();
    this.#source.start(this.router);
  }

  /** Resolves to the port; rejects when the address is taken or not this machine's. */
  async listen(listening: Listening): Promise<number> {
    const address = await listenOn(this.proxy.http, listening);
    this.proxy.addresses.start(address);
    return address.port;
  }

  async listenForMetrics(listening: Listening): Promise<number> {
    return (await listenOn(this.metrics, listening)).port;
  }

  /** Writes to disk what has not been written yet. */
  save(): void {
    this.#saved.flush();
  }

  /** Ends: nothing new is accepted, requests under way are answered, logs and routes are written. */
  async stop(drain: DrainOptions): Promise<void> {
    const closing = new Promise<void>(resolve => this.metrics.close(() => resolve()));
    this.metrics.closeAllConnections();
    await this.proxy.drain(drain);
    await Promise.all([closing, this.#source.stop()]);
    this.router.retire();
    this.#saved.flush();
    this.#logs.close();
  }

  #notReady(): string | undefined {
    if (this.proxy.draining) return 'draining: requests under way are answered, nothing new is accepted';
    if (!this.proxy.http.listening) return 'not listening yet';
    return this.router.configured ? undefined : 'no configuration yet: the server has not been reached';
  }

  #families() {
    return gatewayMetrics({
      routes: this.router.routes,
      unrouted: this.proxy.unrouted,
      droppedLogLines: this.#logs.dropped,
      openConnections: this.proxy.connections,
      held: [...this.router.routes].reduce((sum, { held }) => sum + held, 0),
    });
  }
}

const listenOn = async (server: Server, listening: Listening): Promise<AddressInfo> => {
  server.listen(listening as ListenOptions);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const { host, port } = listening as ListenOptions;
    throw new PlatformError('PortInUse', `Another process listens on ${host}:${port} already.`, {
      cause: error,
    });
  }
  return server.address() as AddressInfo;
};
