import { type Client, createClient } from '@causeway/client';
import { keyOf, keyText, type PlatformError, type Route, RouteKind } from '@causeway/model';
import type { Acknowledgement, RouteReceiver, RouteSource } from './route-source.ts';
import { StatusWriter } from './status-writer.ts';

export interface ClientRouteSourceOptions {
  readonly server: string;
  /** Asked for at each request. */
  readonly token: () => string;
  /** This gateway's name in the routes' status. */
  readonly name: string;
  /** The server cannot be reached or refuses; the routes in force go on. */
  readonly onError: (error: PlatformError) => void;
}

/** People look at when a service was used, not at when that is told. */
const laterMs = 500;

/** Longest pause between attempts to write a status. */
const longestPauseMs = 2_000;
const retryMs = (failures: number): number =>
  Math.min(longestPauseMs, 50 * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);

/** Routes from the platform's server. Nothing is taken away before the server has told its state completely. */
export class ClientRouteSource implements RouteSource {
  readonly #client: Client;
  readonly #options: ClientRouteSourceOptions;
  readonly #writer: StatusWriter;
  readonly #abort = new AbortController();
  readonly #routes = new Map<string, Route>();
  #synced = false;
  #following: Promise<void> = Promise.resolve();

  constructor(options: ClientRouteSourceOptions) {
    this.#options = options;
    this.#client = createClient({ server: options.server, token: options.token });
    const routes = this.#client.resource(RouteKind);
    this.#writer = new StatusWriter({
      name: options.name,
      patchStatus: (namespace, name, status) =>
        routes.patchStatus(namespace, name, { status }, { signal: this.#abort.signal }),
      retryMs,
      laterMs,
    });
  }

  start(receiver: RouteReceiver): void {
    this.#following = this.#client.inform(RouteKind, {
      onChange: (type, route) => {
        const key = keyText(keyOf(route));
        if (type === 'DELETED') {
          this.#routes.delete(key);
          this.#writer.forget(key);
          if (this.#synced) receiver.remove(key);
          return;
        }
        this.#routes.set(key, route);
        this.#writer.observe(key, route);
        if (this.#synced) receiver.set(route);
      },
      onSynced: () => {
        this.#synced = true;
        receiver.replace([...this.#routes.values()]);
      },
      onError: this.#options.onError,
      signal: this.#abort.signal,
    });
  }

  acknowledge(key: string, acknowledgement: Acknowledgement): void {
    this.#writer.acknowledge(key, acknowledgement);
  }

  firstRequest(key: string, release: string, at: string): void {
    this.#writer.firstRequest(key, release, at);
  }

  waiting(key: string, since: string): void {
    this.#writer.waiting(key, since);
  }

  used(key: string, at: string): void {
    this.#writer.used(key, at);
  }

  async stop(): Promise<void> {
    this.#writer.stop();
    this.#abort.abort();
    await this.#following;
    await this.#client.close();
  }
}
