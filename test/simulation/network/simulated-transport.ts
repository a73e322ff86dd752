import type { Engine, WatchEvent, WatchOptions } from '@causeway/engine';
import { type KindDefinition, PlatformError, toPlatformError } from '@causeway/model';
import { statusOf } from '../../../packages/api/http/error-answer.ts';
import type { Answer, Call, Transport } from '../../../packages/client/http/transport.ts';
import type { Random } from '../core/random.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Server } from '../world/server.ts';
import type { Network } from './call.ts';

/** What hears of each line when the client takes it. */
export interface LineTap {
  event(event: WatchEvent): void;
  ended(): void;
}

export interface TransportParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly kind: KindDefinition;
  readonly pickServer: () => Server;
  readonly tap: (options: Omit<WatchOptions, 'signal'>) => LineTap;
  /** How long the client takes for a line, milliseconds. */
  readonly linePauseMs: () => number;
}

interface Line {
  readonly text: string;
  readonly event?: WatchEvent;
}

/** Lines that may be under way before the server waits for the client. */
const window = 4;

/** One watch’s connection: lines in order, each with its delay, until somebody ends it. */
class Stream {
  readonly #lines: Line[] = [];
  #underWay = 0;
  #ended: Error | 'ended' | undefined;
  #wake = () => {};
  #drained = () => {};
  #lastArrival = 0;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** The server’s side: with a promise when there may be no more until it resolves. */
  write(line: Line, delay: number): Promise<void> | undefined {
    this.#underWay += 1;
    this.#later(delay, () => {
      this.#lines.push(line);
      this.#wake();
    });
    if (this.#underWay < window || this.ended) return undefined;
    this.#scheduler.count('a server waits for a slow watcher');
    return this.#room();
  }

  async #room(): Promise<void> {
    while (this.#underWay >= window && !this.ended)
      await new Promise<void>(resolve => {
        this.#drained = resolve;
      });
  }

  finish(delay: number): void {
    this.#later(delay, () => this.end('ended'));
  }

  end(how: Error | 'ended'): void {
    this.#ended ??= how;
    this.#wake();
    this.#drained();
  }

  /** The client’s side. */
  async take(): Promise<Line | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line) {
        this.#underWay -= 1;
        this.#drained();
        return line;
      }
      if (this.#ended === 'ended') return undefined;
      if (this.#ended) throw this.#ended;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  #later(delay: number, callback: () => void): void {
    this.#lastArrival = Math.max(this.#lastArrival, this.#scheduler.time + delay);
    this.#scheduler.at(this.#lastArrival, () => {
      if (!this.ended) callback();
    });
  }
}

const watchOptions = (path: string): Omit<WatchOptions, 'signal'> => {
  const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
  const text = (name: 'resourceVersion' | 'labelSelector' | 'fieldSelector') => {
    const value = query.get(name);
    return value === null ? {} : { [name]: value };
  };
  return {
    ...text('resourceVersion'),
    ...text('labelSelector'),
    ...text('fieldSelector'),
    ...(query.has('sendInitialEvents')
      ? { sendInitialEvents: query.get('sendInitialEvents') === 'true' }
      : {}),
    bookmarks: query.get('allowWatchBookmarks') === 'true',
  };
};

const refused = () => new PlatformError('Unavailable', 'connection refused');

/** The transport of the client’s own watch loop, to a simulated server: what the API does for a watch, without HTTP. */
export const simulateTransport = (parts: TransportParts): Transport => {
  const { scheduler, random, network, kind } = parts;

  const serve = async (engine: Engine, options: WatchOptions, stream: Stream): Promise<void> => {
    try {
      await engine.store.watch(
        kind,
        options,
      )(event => {
        if (stream.ended) return;
        const { type, object } = event as WatchEvent;
        const text = JSON.stringify({ type, object });
        return stream.write({ text, event: { type, object } }, network.latency());
      });
    } catch (error) {
      const object = statusOf(toPlatformError(error));
      if (object.reason === 'Expired') scheduler.count('a watch is told that its revision has expired');
      await stream.write({ text: JSON.stringify({ type: 'ERROR', object }) }, network.latency());
    }
    stream.finish(network.latency());
  };

  async function* body(stream: Stream, tap: LineTap): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const line = await stream.take();
        if (!line) return;
        const pause = parts.linePauseMs();
        if (pause > 0) await new Promise<void>(resolve => scheduler.after(pause, () => resolve()));
        if (line.event) tap.event(line.event);
        yield Buffer.from(`${line.text}\n`);
      }
    } finally {
      tap.ended();
      stream.end('ended');
    }
  }

  const open = async ({ path, signal }: Call): Promise<Answer> => {
    const server = parts.pickServer();
    const options = watchOptions(path);
    const stream = new Stream(scheduler);
    const leaving = new AbortController();
    await new Promise<void>(resolve => scheduler.after(network.latency(), () => resolve()));
    const { machine, engine } = server;
    if (!machine || !engine || !server.reachable) throw refused();
    const tap = parts.tap(options);
    const forget = server.onBreak(() => {
      scheduler.after(random.between(0, 100), () => stream.end(refused()));
      leaving.abort();
    });
    const leave = () => {
      forget();
      leaving.abort();
      stream.end('ended');
    };
    signal?.addEventListener('abort', leave);
    machine.deliver(0, () => {
      serve(engine, { ...options, signal: leaving.signal }, stream).finally(forget);
    });
    return { status: 200, body: body(stream, tap) as unknown as Answer['body'] };
  };

  return {
    server: 'simulated',
    open,
    json: () => Promise.reject(new Error('the informer asks for streams only')),
    readFailed: (error, signal) => {
      if (signal?.aborted) throw signal.reason;
      throw toPlatformError(error);
    },
    close: () => Promise.resolve(),
  };
};
