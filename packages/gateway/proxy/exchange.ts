import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Connection } from '../backends/connection-pool.ts';
import type { HeldRequest } from '../routing/held-requests.ts';
import type { LiveRoute, LiveTarget } from '../routing/live-route.ts';
import { mayRepeat, problemOf } from './failure.ts';
import { noBackend, overloaded, type Problem, sendProblem, tooManyWait } from './problem.ts';
import { hasBody, RequestBody } from './request-body.ts';
import type { ForwardedRequest } from './request-headers.ts';
import { forwardedResponse, type ResponseFields } from './response-headers.ts';
import { joinTunnel } from './tunnel.ts';
import { upgradeHead } from './upgrade.ts';

/** What the gateway as a whole knows and exchanges need. */
export interface ExchangeContext {
  /** Clients are asked to go elsewhere: every response closes its connection. */
  readonly draining: boolean;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** A tunnel has begun; it is ended with the gateway. */
  readonly onTunnel: (socket: Socket) => void;
}

export interface UpgradeRequest {
  /** The client's connection. */
  readonly socket: Socket;
  /** What the client sent after its request. */
  readonly head: Buffer;
  readonly protocol: string;
}

const ignore = (): void => {};

/** One request from its client to a backend and the response back. It is its own undici handler. */
export class Exchange implements Dispatcher.DispatchHandler, HeldRequest {
  readonly #context: ExchangeContext;
  readonly #route: LiveRoute;
  readonly #forwarded: ForwardedRequest;
  readonly #path: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #upgrade: UpgradeRequest | undefined;
  readonly #hasBody: boolean;
  readonly #startedAt: number;
  #body: RequestBody | undefined;
  #target: LiveTarget | undefined;
  #connection: Connection | undefined;
  /** Set once the request goes out on a connection. */
  #controller: Dispatcher.DispatchController | undefined;
  #tried: LiveTarget[] | undefined;
  #reused = false;
  #answering = false;
  #bodyBegun = false;
  #stream = false;
  #contentLength = -1;
  #bytes = 0;
  #release = '';

  constructor(
    context: ExchangeContext,
    route: LiveRoute,
    forwarded: ForwardedRequest,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    upgrade?: UpgradeRequest,
  ) {
    this.#context = context;
    this.#route = route;
    this.#forwarded = forwarded;
    this.#path = path;
    this.#request = request;
    this.#response = response;
    this.#upgrade = upgrade;
    this.#hasBody = upgrade === undefined && hasBody(request);
    this.#startedAt = context.now();
    route.metrics.begin();
    response.on('close', () => this.#closed());
    response.on('error', ignore);
  }

  start(): void {
    if (this.#hasBody)
      this.#body = new RequestBody(this.#request, () => {
        // Set by Node from `Expect: 100-continue`: the client waits to be told that its body is wanted.
        if ((this.#response as { _expect_continue?: boolean })._expect_continue)
          this.#response.writeContinue();
      });
    this.resume();
  }

  /** Goes to whom the route chooses; where nothing runs yet it waits, and this is called again. */
  resume(): void {
    const { holds, service } = this.#route.entry;
    const target = this.#route.choose();
    if (target) this.#send(target, false);
    else if (!holds) this.#fail(noBackend(service));
    else if (!this.#route.hold(this)) this.#fail(tooManyWait(service, holds));
  }

  refuse(problem: Problem): void {
    this.#fail(problem);
  }

  #send(target: LiveTarget, fresh: boolean): void {
    const { pool } = target.backend;
    const connection = this.#upgrade ? pool.acquireForUpgrade() : pool.acquire(fresh);
    if (!connection) {
      this.#fail(overloaded(this.#route.entry.service));
      return;
    }
    this.#target = target;
    this.#connection = connection;
    this.#controller = undefined;
    this.#reused = false;
    this.#answering = false;
    this.#route.begin(target.backend);
    connection.client.dispatch(
      {
        method: this.#request.method as Dispatcher.HttpMethod,
        path: this.#path,
        headers: this.#forwarded.headers,
        body: this.#body ?? null,
        headersTimeout: this.#route.entry.responseTimeoutMs,
        upgrade: this.#upgrade?.protocol ?? null,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#reused = this.#connection!.served > 0;
  }

  onResponseStarted(): void {
    this.#answering = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    fields: ResponseFields,
    statusText?: string,
  ): void {
    const response = this.#response;
    if (status < 200) {
      this.#inform(status, fields);
      return;
    }
    const forwarded = forwardedResponse(fields, this.#forwarded.requestId, this.#takesTrailers(status));
    if (!forwarded) throw new Error('unknown transfer coding');
    this.#contentLength = forwarded.contentLength;
    this.#stream = forwarded.eventStream;
    if (this.#context.draining) response.shouldKeepAlive = false;
    response.writeHead(status, statusText, forwarded.headers);
    this.#answered();
    // Head and body mostly come together and leave together; a head that comes alone must not wait.
    process.nextTick(flushHead, this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const response = this.#response;
    this.#bodyBegun = true;
    this.#bytes += chunk.length;
    if (this.#bytes === this.#contentLength) endWith(response, chunk);
    else if (!response.write(chunk)) {
      controller.pause();
      response.once('drain', () => controller.resume());
    }
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: ResponseFields): void {
    const connection = this.#connection!;
    const { pool } = this.#target!.backend;
    this.#leave();
    if (this.#upgrade) pool.discard(connection);
    else pool.release(connection);
    const response = this.#response;
    if (response.writableEnded) return;
    for (const _name in trailers) {
      response.addTrailers(trailers as Record<string, string>);
      break;
    }
    response.end();
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    _status: number,
    fields: ResponseFields,
    backend: Duplex,
  ): void {
    const { socket, head } = this.#upgrade!;
    const response = this.#response;
    response.statusCode = 101;
    this.#answered();
    // From here on the connection is no HTTP any more: the response object lets go of it.
    response.detachSocket(socket);
    socket.write(upgradeHead(fields, this.#forwarded.requestId), 'latin1');
    if (head.length > 0) backend.write(head);
    this.#context.onTunnel(socket);
    joinTunnel(socket, backend as Socket, bytes => {
      this.#bytes = bytes;
      this.#abandon();
      this.#record(101, false);
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const target = this.#target;
    if (!target) return;
    const { service, responseTimeoutMs, retries } = this.#route.entry;
    this.#abandon();
    const response = this.#response;
    if (response.headersSent) {
      // The client must see that the rest is missing.
      if (!response.writableEnded) response.destroy();
      return;
    }
    const attempt = {
      method: this.#request.method ?? '',
      hasBody: this.#hasBody,
      bodyTaken: this.#body?.started ?? false,
      sent: this.#controller !== undefined,
      reused: this.#reused,
      answering: this.#answering,
    };
    const repeat = mayRepeat(attempt, error);
    const next = repeat && retries > 0 ? this.#next(target, repeat) : undefined;
    if (next) {
      this.#route.metrics.retried();
      this.#send(next, repeat === 'afresh');
      return;
    }
    this.#fail(problemOf(attempt, error, service, responseTimeoutMs));
  }

  /** Whom to ask after this one; who stands by is asked when all others have refused, even beyond the last retry. */
  #next(failed: LiveTarget, repeat: 'elsewhere' | 'afresh'): LiveTarget | undefined {
    this.#tried ??= [];
    const again = this.#tried.length < this.#route.entry.retries;
    this.#tried.push(failed);
    const other = again ? this.#route.choose(this.#tried) : undefined;
    if (other) return other;
    if (repeat === 'afresh') return again ? failed : undefined;
    return this.#route.chooseStandby(this.#tried);
  }

  /** Sends what is there of the head when no body came with it. */
  flushHead(): void {
    if (!this.#bodyBegun && !this.#response.writableEnded) this.#response.flushHeaders();
  }

  /** Passes an interim response on (RFC 9110 §15.2). */
  #inform(status: number, fields: ResponseFields): void {
    if (this.#request.httpVersionMinor !== 1) return;
    if (status === 103 && fields.link !== undefined) this.#response.writeEarlyHints({ link: fields.link });
    else if (status === 102) this.#response.writeProcessing();
  }

  /** Trailers need chunks, and those a body. */
  #takesTrailers(status: number): boolean {
    const { httpVersionMinor, method } = this.#request;
    return httpVersionMinor === 1 && method !== 'HEAD' && status !== 204 && status !== 304;
  }

  #answered(): void {
    this.#release = this.#target!.release;
    this.#route.answered(this.#release);
  }

  #fail(problem: Problem): void {
    const response = this.#response;
    this.#body?.destroy();
    if (this.#context.draining) response.shouldKeepAlive = false;
    if (!response.destroyed) sendProblem(response, problem, this.#forwarded.requestId);
  }

  /** The backend is done with this request, one way or the other. */
  #leave(): void {
    const target = this.#target;
    this.#target = undefined;
    this.#connection = undefined;
    if (target) this.#route.end(target.backend);
  }

  /** As #leave, and the connection is not used again. */
  #abandon(): void {
    const pool = this.#target?.backend.pool;
    const connection = this.#connection;
    this.#leave();
    if (pool && connection) pool.discard(connection);
  }

  /** The response has been sent, or its client has gone. */
  #closed(): void {
    const sent = this.#response.writableFinished;
    this.#route.forget(this);
    this.#abandon();
    this.#body?.destroy();
    this.#record(this.#response.headersSent ? this.#response.statusCode : 499, !sent);
  }

  #record(status: number, aborted: boolean): void {
    const durationMs = this.#context.now() - this.#startedAt;
    const measured = !this.#stream && status !== 101 && status !== 499;
    this.#route.metrics.end(this.#release, status, measured ? durationMs / 1000 : undefined);
    const { requestId, traceId } = this.#forwarded;
    this.#route.log.write({
      environment: this.#route.entry.environment,
      method: this.#request.method ?? '',
      path: this.#path,
      status,
      durationMs,
      bytes: this.#bytes,
      release: this.#release,
      requestId,
      traceId,
      aborted,
    });
  }
}

/** So much is copied to leave in one piece with the head: two pieces cost the system more than the copy. Bytes. */
const smallBody = 8_192;

const endWith = (response: ServerResponse, chunk: Buffer): void => {
  if (chunk.length > smallBody) response.end(chunk);
  else response.end(chunk.toString('latin1'), 'latin1');
};

const flushHead = (exchange: Exchange): void => exchange.flushHead();
