import { PlatformError } from '@causeway/model';
import pg from 'pg';
import { serversIn } from './servers-in.ts';

export type Row = Record<string, unknown>;

/** One connection’s worth of SQL. Errors of the connection arrive as `Unavailable`, errors of the statement as they are. */
export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** “cannot execute … in a read-only transaction”: this server is no primary any more, or about to be none. */
const readOnly = '25006';

const connectionLost = (error: unknown): boolean => {
  const code = (error as { code?: string }).code ?? '';
  return (
    /^(ECONN|EPIPE|ENOENT|ETIMEDOUT)/.test(code) ||
    /^(57P0|08|53300)/.test(code) ||
    code === readOnly ||
    /Connection terminated|not queryable|Client has encountered|connection ended/i.test(
      (error as Error).message ?? '',
    )
  );
};

/**
 * A connection that is made when first used and made again after it was lost. Where several servers are named, it is to the one
 * that takes writes.
 */
export class Connection implements Sql {
  readonly #servers: readonly string[];
  /** Which of them was it last. */
  #serverInUse = 0;
  readonly #name: string;
  readonly #prepare: ((client: pg.Client) => Promise<void>) | undefined;
  #client: Promise<pg.Client> | undefined;
  /** The client of that promise. Events of earlier ones, which may come late, must not touch it. */
  #newest: pg.Client | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  onLost: () => void = () => {};

  constructor(connectionString: string, name: string, prepare?: (client: pg.Client) => Promise<void>) {
    this.#servers = serversIn(connectionString);
    this.#name = name;
    this.#prepare = prepare;
  }

  /** Asks the one that was it last, then the others. */
  async #connect(): Promise<pg.Client> {
    const failures: Error[] = [];
    for (const offset of this.#servers.keys()) {
      const index = (this.#serverInUse + offset) % this.#servers.length;
      try {
        const client = await this.#dial(this.#servers[index] as string);
        this.#serverInUse = index;
        return client;
      } catch (error) {
        failures.push(error as Error);
      }
    }
    throw failures.length === 1 ? failures[0] : new AggregateError(failures);
  }

  async #dial(connectionString: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString,
      application_name: `causeway-${this.#name}`,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    const lost = () => {
      if (this.#forget(client) && !this.#closed) this.onLost();
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      const { rows } = await client.query('SHOW transaction_read_only');
      if (rows[0]?.transaction_read_only === 'on')
        throw new Error('this PostgreSQL takes no writes now: it is a standby, or read-only');
      await this.#prepare?.(client);
      this.#newest = client;
      return client;
    } catch (error) {
      client.end().catch(() => {});
      throw error;
    }
  }

  /** Whether it was the client in use. */
  #forget(client: pg.Client): boolean {
    if (this.#newest !== client) return false;
    this.#newest = undefined;
    this.#client = undefined;
    return true;
  }

  async open(): Promise<pg.Client> {
    if (this.#closed) throw new PlatformError('Unavailable', 'the database connection is closed');
    this.#client ??= this.#connect().catch(error => {
      this.#client = undefined;
      throw error;
    });
    try {
      return await this.#client;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** One query at a time, in the order in which they were asked. */
  query(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#inOrder(async () => this.#run(await this.open(), text, values));
  }

  /**
   * The connection as it is now, and never another: for statements that belong together. Once it is lost they all fail,
   * where a COMMIT on a new connection would succeed and commit nothing.
   */
  async pinned(): Promise<Sql> {
    const client = await this.open();
    return { query: (text, values) => this.#inOrder(() => this.#run(client, text, values)) };
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }

  async #run(client: pg.Client, text: string, values?: readonly unknown[]): Promise<Row[]> {
    try {
      const result = values
        ? await client.query({ name: nameOf(text), text, values: values as unknown[] })
        : await client.query(text);
      const last = Array.isArray(result)
        ? result.findLast((one: pg.QueryResult) => one.rows.length > 0)
        : result;
      return (last?.rows ?? []) as Row[];
    } catch (error) {
      if (!connectionLost(error)) throw error;
      this.#forget(client);
      client.end().catch(() => {});
      throw unavailable(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client?.catch(() => undefined);
    if (client) this.#forget(client);
    await client?.end().catch(() => {});
  }
}

const names = new Map<string, string>();

/** Statements with parameters are prepared, so that each connection parses and plans them once. There are few. */
const nameOf = (text: string): string => {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
};

const unavailable = (cause: unknown): PlatformError =>
  new PlatformError('Unavailable', 'the database does not answer', {
    cause,
    evidence: (cause instanceof AggregateError ? cause.errors : [cause]).map(({ message }) => message),
    retryAfterSeconds: 1,
  });
