import type { Client as ClientType, buildConnector as connecting } from 'undici';
import { buildConnector, Client } from './undici-parts.ts';

/** Idle connections to a backend that says nothing about keep-alive are closed sooner than any common server closes them. */
const idleMs = 1_000;
/** The longest a backend's own `Keep-Alive: timeout=…` is believed. */
const longestIdleMs = 60_000;

/** One connection to a backend. It serves one request at a time and reconnects by itself. */
export interface Connection {
  readonly client: ClientType;
  /** Requests that the present socket has answered: more than 0 means the backend may just be closing it. */
  served: number;
  busy: boolean;
}

export interface PoolOptions {
  /** `host:port` */
  readonly address: string;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
}

/**
 * Keep-alive connections to one backend, the most recently used first, so that the others can grow idle and close.
 * An undici Client a connection instead of its Pool: whether a request went out on a used socket decides about
 * repeating it, and a Pool does not say.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #connector: connecting.connector;
  readonly #idle: Connection[] = [];
  #open = 0;
  #retired = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#connector = buildConnector({ timeout: options.connectTimeoutMs, allowH2: false });
  }

  /** Connections in use or kept alive. */
  get size(): number {
    return this.#open;
  }

  /**
   * A connection for one request, to be released or discarded; `undefined` when all allowed ones are in use.
   * `fresh`: one whose socket nobody has used, because a used one has just failed.
   */
  acquire(fresh = false): Connection | undefined {
    if (fresh) for (const connection of this.#idle.splice(0)) this.discard(connection);
    const connection =
      this.#idle.pop() ?? (this.#open < this.#options.maxConnections ? this.#connect() : undefined);
    if (connection) connection.busy = true;
    return connection;
  }

  /** A connection of its own for a protocol upgrade: either side of it may close first. Discard it after use. */
  acquireForUpgrade(): Connection | undefined {
    if (this.#open >= this.#options.maxConnections) return undefined;
    const { connectTimeoutMs } = this.#options;
    const connector = buildConnector({
      timeout: connectTimeoutMs,
      allowH2: false,
      allowHalfOpen: true,
    } as object);
    const connection = this.#connect(connector);
    connection.busy = true;
    return connection;
  }

  /** The request is answered completely. */
  release(connection: Connection): void {
    connection.busy = false;
    connection.served += 1;
    if (this.#retired) this.discard(connection);
    else this.#idle.push(connection);
  }

  /** The connection is of no more use; what is under way on it fails. */
  discard(connection: Connection): void {
    if (connection.client.destroyed) return;
    this.#open -= 1;
    connection.client.destroy(null, () => {});
  }

  /** Closes what is idle now and the rest when it is released. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#idle.splice(0)) this.discard(connection);
  }

  #connect(connector = this.#connector): Connection {
    this.#open += 1;
    const client = new Client(`http://${this.#options.address}`, {
      connect: connector,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: idleMs,
      keepAliveMaxTimeout: longestIdleMs,
      bodyTimeout: 0,
    });
    const connection: Connection = { client, served: 0, busy: false };
    client.on('connect', () => {
      connection.served = 0;
    });
    client.on('disconnect', () => {
      if (connection.busy) return;
      const index = this.#idle.indexOf(connection);
      if (index >= 0) this.#idle.splice(index, 1);
      this.discard(connection);
    });
    return connection;
  }
}
