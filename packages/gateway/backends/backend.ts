import { ConnectionPool, type PoolOptions } from './connection-pool.ts';

/** A backend of a route while it lives: its connections, and the requests it has not yet answered. */
export class Backend {
  readonly address: string;
  readonly pool: ConnectionPool;
  inFlight = 0;
  /** Out of the route: it gets nothing new. */
  retired = false;

  constructor(options: PoolOptions) {
    this.address = options.address;
    this.pool = new ConnectionPool(options);
  }

  retire(): void {
    this.retired = true;
    this.pool.retire();
  }
}
