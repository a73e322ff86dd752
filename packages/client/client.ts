import type { KindDefinition, ObjectOf } from '@causeway/model';
import { LineSplitter } from './http/line-splitter.ts';
import { type Query, resourcePath, withQuery } from './http/resource-path.ts';
import { createTransport, type Transport, type TransportOptions } from './http/transport.ts';
import { createResource, type Resource } from './resource.ts';
import { type InformOptions, inform } from './watch/inform.ts';

export type ClientOptions = TransportOptions;

export interface RequestOptions {
  readonly query?: Query;
  readonly accept?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** A platform's API, typed. Every method throws PlatformError; a server that cannot be asked is `Unavailable`. */
export interface Client {
  readonly server: string;
  resource<K extends KindDefinition>(kind: K): Resource<K>;
  /** Follows a kind through disconnects until the signal aborts, then resolves. It does not reject. */
  inform<K extends KindDefinition>(kind: K, options: InformOptions<ObjectOf<K>>): Promise<void>;
  /** `POST …/NAME/ACTION`, such as deploy and rollback of a service. */
  action(
    kind: KindDefinition,
    namespace: string,
    name: string,
    action: string,
    body?: unknown,
  ): Promise<unknown>;
  /** Lines of `GET …/NAME/SUBRESOURCE` as they arrive, such as a log with `{ follow: true }`. */
  stream(
    kind: KindDefinition,
    namespace: string,
    name: string,
    subresource: string,
    query?: Query,
    signal?: AbortSignal,
  ): AsyncIterable<string>;
  /** Anything else: the parsed JSON of the answer. `path` starts with `/`. */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Lines of anything else, as they arrive. */
  lines(path: string, query?: Query, signal?: AbortSignal): AsyncIterable<string>;
  /** Ends its connections. Not needed before a process exits: idle connections do not keep it alive. */
  close(): Promise<void>;
}

async function* streamLines(
  transport: Transport,
  path: string,
  signal?: AbortSignal,
  accept = 'text/plain',
): AsyncGenerator<string> {
  const aborting = signal ? { signal } : {};
  const { body } = await transport.open({
    method: 'GET',
    path,
    accept,
    pauseMs: 0,
    ...aborting,
  });
  const splitter = new LineSplitter();
  try {
    for await (const chunk of body) yield* splitter.push(chunk);
    const rest = splitter.rest();
    if (rest !== undefined) yield rest;
  } catch (error) {
    transport.readFailed(error, signal);
  }
}

export const createClient = (options: ClientOptions): Client => {
  const transport = createTransport(options);
  return {
    server: transport.server,
    resource: kind => createResource(transport, kind),
    inform: (kind, informOptions) => inform(transport, kind, informOptions),
    action: (kind, namespace, name, action, body = {}) =>
      transport.json({ method: 'POST', path: resourcePath(kind, namespace, name, action), body }),
    stream: (kind, namespace, name, subresource, query = {}, signal) =>
      streamLines(transport, withQuery(resourcePath(kind, namespace, name, subresource), query), signal),
    request: (method, path, body, { query = {}, accept, contentType, signal } = {}) =>
      transport.json({
        method,
        path: withQuery(path, query),
        body,
        ...(accept ? { accept } : {}),
        ...(contentType ? { contentType } : {}),
        ...(signal ? { signal } : {}),
      }),
    lines: (path, query = {}, signal) => streamLines(transport, withQuery(path, query), signal, '*/*'),
    close: () => transport.close(),
  };
};
