import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * The body of a request on its way to a backend. Apart from the request itself, because a client library
 * destroys what it was given to send when sending fails, and the client's connection must live to get the answer.
 */
export class RequestBody extends Readable {
  /** Something was taken from the client: the request cannot be sent a second time. */
  started = false;
  readonly #request: IncomingMessage;
  readonly #onStart: () => void;

  constructor(request: IncomingMessage, onStart: () => void) {
    super({ highWaterMark: request.readableHighWaterMark });
    this.#request = request;
    this.#onStart = onStart;
  }

  override _read(): void {
    if (this.started) {
      this.#request.resume();
      return;
    }
    this.started = true;
    this.#onStart();
    this.#request.on('data', this.#onData).on('end', this.#onEnd);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    // What is left of the body is read and thrown away by Node when the response ends, so that the client can read it.
    this.#request.off('data', this.#onData).off('end', this.#onEnd);
    if (this.started && !this.#request.readableEnded) this.#request.resume();
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#request.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };
}

/** Whether a request has a body, by its framing (RFC 9112 §6.3). */
export const hasBody = (request: IncomingMessage): boolean => {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0);
};
