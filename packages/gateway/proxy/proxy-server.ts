import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { requestTarget } from '../routing/request-target.ts';
import type { Router } from '../routing/router.ts';
import { AddressListeners } from './address-listeners.ts';
import { Exchange, type ExchangeContext, type UpgradeRequest } from './exchange.ts';
import { malformed } from './malformed.ts';
import {
  badRequest,
  gatewayEnds,
  notConfigured,
  type Problem,
  rawProblem,
  sendProblem,
  unknownHost,
} from './problem.ts';
import { forwardedRequest } from './request-headers.ts';
import { upgradeProtocol } from './upgrade.ts';

export interface ProxyLimits {
  /** Of a request's head. Bytes. */
  readonly maxHeaderBytes: number;
  /** The request's head must be complete within. Milliseconds. */
  readonly headersTimeoutMs: number;
  /** A client that sends nothing of a body it began, or takes nothing of a response, is given up after. Milliseconds. */
  readonly stallTimeoutMs: number;
  /** How long a connection may wait for its next request. Milliseconds. */
  readonly keepAliveMs: number;
  readonly maxConnections: number;
}

export const defaultLimits: ProxyLimits = {
  maxHeaderBytes: 32 * 1024,
  headersTimeoutMs: 15_000,
  stallTimeoutMs: 120_000,
  keepAliveMs: 65_000,
  maxConnections: 20_000,
};

export interface ProxyServerOptions {
  readonly router: Router;
  readonly trustForwarded: boolean;
  readonly limits: ProxyLimits;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly report: (message: string) => void;
}

export interface DrainOptions {
  /** Connections without a request, and tunnels, are ended after, requests that wait for what sleeps refused. Milliseconds. */
  readonly patienceMs: number;
  /** Everything is ended after. Milliseconds. */
  readonly deadlineMs: number;
}

/** The client's connection, and what it sent after its request. */
type Upgrading = Pick<UpgradeRequest, 'socket' | 'head'>;

const connectRefused: Problem = {
  status: 405,
  code: 'MethodNotAllowed',
  detail: 'This is a gateway to services, not a proxy to elsewhere: CONNECT is not possible.',
  next: 'Send the request to the service itself.',
  allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
};

const drainPollMs = 50;

/** The connections of clients: accepts requests, finds each its route, and hands it to an Exchange. */
export class ProxyServer implements ExchangeContext {
  readonly http: Server;
  /** What leads to one service each, beside `http`. */
  readonly addresses: AddressListeners;
  readonly now: () => number;
  /** Answers to requests that belong to no service, by status. */
  readonly unrouted = new Map<number, number>();
  readonly #router: Router;
  readonly #trustForwarded: boolean;
  readonly #wallClock: () => number;
  readonly #tunnels = new Set<Socket>();
  #draining = false;
  #connections = 0;

  constructor({ router, trustForwarded, limits, now, wallClock, report }: ProxyServerOptions) {
    this.now = now;
    this.#router = router;
    this.#trustForwarded = trustForwarded;
    this.#wallClock = wallClock;
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      this.#handle(request, response);
    this.http = createServer(
      {
        maxHeaderSize: limits.maxHeaderBytes,
        headersTimeout: limits.headersTimeoutMs,
        connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
        requestTimeout: 0,
        keepAliveTimeout: limits.keepAliveMs,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
        insecureHTTPParser: false,
        optimizeEmptyRequests: true,
        shouldUpgradeCallback: request => upgradeProtocol(request) !== undefined,
      },
      handle,
    );
    // Their size is limited; by number, Node would leave the rest out in silence.
    this.http.maxHeadersCount = 0;
    this.http.timeout = limits.stallTimeoutMs;
    this.http.maxConnections = limits.maxConnections;
    this.addresses = new AddressListeners({
      http: this.http,
      maxConnections: limits.maxConnections,
      report,
    });
    this.http.on('checkContinue', handle);
    this.http.on('upgrade', (request, socket, head) => this.#handleUpgrade(request, socket as Socket, head));
    this.http.on('connect', (_request, socket) => this.#refuseConnection(socket, connectRefused));
    this.http.on('clientError', (error, socket) => this.#clientError(error, socket));
    this.http.on('timeout', giveUpIfStalled);
    this.http.on('connection', socket => {
      this.#connections += 1;
      socket.on('close', () => {
        this.#connections -= 1;
      });
    });
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.#connections;
  }

  get draining(): boolean {
    return this.#draining;
  }

  onTunnel(socket: Socket): void {
    this.#tunnels.add(socket);
    socket.on('close', () => this.#tunnels.delete(socket));
  }

  /** Accepts nothing new, asks every client to close with its next response, and resolves when all have gone. */
  async drain({ patienceMs, deadlineMs }: DrainOptions): Promise<void> {
    this.#draining = true;
    const begun = this.now();
    const closed = new Promise<void>(resolve => {
      // Not the HTTP server's close(): it ends idle connections at once, and a client may just be sending on one.
      NetServer.prototype.close.call(this.http, () => resolve());
    });
    const timer = setInterval(() => {
      const passed = this.now() - begun;
      if (passed < patienceMs) return;
      for (const route of this.#router.routes) route.refuseHeld(gatewayEnds(route.entry.service));
      this.http.closeIdleConnections();
      for (const socket of this.#tunnels) socket.destroy();
      if (passed >= deadlineMs) this.http.closeAllConnections();
    }, drainPollMs);
    await Promise.all([closed, this.addresses.close()]);
    clearInterval(timer);
  }

  #handle(request: IncomingMessage, response: ServerResponse, upgrade?: Upgrading): void {
    if (this.#draining) response.shouldKeepAlive = false;
    if (request.url === '*' && request.method === 'OPTIONS') response.writeHead(204).end();
    else {
      const problem = this.#forward(request, response, upgrade);
      if (problem) this.#refuse(response, problem);
    }
  }

  /** Sends the request on its way; what it returns instead is why there is none. */
  #forward(request: IncomingMessage, response: ServerResponse, upgrade?: Upgrading): Problem | undefined {
    const target = requestTarget(request.url ?? '', request.headers.host);
    if (typeof target === 'string') return badRequest(target);
    // A service calls another by its address; only who comes by a host name is from outside.
    const neighbour = this.#router.at(plainAddress(request.socket.localAddress));
    const route = neighbour ?? this.#router.find(target.hostname);
    if (!route) return this.#router.configured ? unknownHost(target.hostname) : notConfigured;
    const forwarded = forwardedRequest(request.rawHeaders, {
      authority: target.authority,
      remoteAddress: plainAddress(request.socket.remoteAddress),
      trustForwarded: this.#trustForwarded,
    });
    if (typeof forwarded === 'string') return badRequest(forwarded);
    const upgrading = upgrade && { ...upgrade, protocol: upgradeProtocol(request)! };
    if (!neighbour) route.used(this.#wallClock());
    new Exchange(this, route, forwarded, target.path, request, response, upgrading).start();
    return undefined;
  }

  #handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.setTimeout(0);
    socket.on('error', () => socket.destroy());
    // The backend may refuse to switch: a response object sends what it says instead.
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.end());
    this.#handle(request, response, { socket, head });
  }

  #clientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    const problem = malformed(error);
    if (problem) this.#refuseConnection(socket, problem);
    else socket.destroy();
  }

  #refuse(response: ServerResponse, problem: Problem): void {
    this.#count(problem.status);
    // What follows a request that could not be understood cannot be trusted to be another request.
    if (problem.status === 400) response.shouldKeepAlive = false;
    sendProblem(response, problem);
  }

  #refuseConnection(socket: Duplex, problem: Problem): void {
    this.#count(problem.status);
    // Never into the middle of a response. The field is Node's own; its documentation names it for this.
    const current = (socket as { _httpMessage?: { _headerSent: boolean } })._httpMessage;
    if (!socket.writable || current?._headerSent) socket.destroy();
    else socket.end(rawProblem(problem), () => socket.destroy());
  }

  #count(status: number): void {
    this.unrouted.set(status, (this.unrouted.get(status) ?? 0) + 1);
  }
}

/** `::ffff:127.0.0.1` is how a socket for both families names an IPv4 address. */
const plainAddress = (address = ''): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

/** Nothing has moved on the connection for a while: that is only wrong while it is the client's turn. */
const giveUpIfStalled = (socket: Socket): void => {
  const response = (socket as { _httpMessage?: ServerResponse })._httpMessage;
  const request = response?.req;
  const sending = request !== undefined && !request.complete && request.readableFlowing === true;
  if (!response || sending || response.writableNeedDrain) socket.destroy();
};
