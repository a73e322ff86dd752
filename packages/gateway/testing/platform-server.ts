import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { keyOf, keyText, type Route } from '@causeway/model';

/**
 * As much of the platform's server as a gateway sees: a watch of routes and patches of their status. It can go away
 * and come back on the same port.
 */
export class PlatformServer {
  readonly routes = new Map<string, Route>();
  /** The status patches that came, with the moment (performance.now). */
  readonly patches: { key: string; status: Record<string, unknown>; at: number }[] = [];
  readonly tokens = new Set<string | undefined>();
  port = 0;
  #version = 100;
  #server: Server | undefined;
  readonly #watchers = new Set<ServerResponse>();

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.tokens.add(request.headers.authorization);
      const url = new URL(request.url ?? '', 'http://server');
      if (request.method === 'PATCH') this.#patch(url.pathname, request, response);
      else this.#watch(url, response);
    });
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
    this.#watchers.clear();
  }

  /** Stores a route and tells the watchers. */
  put(route: Route): void {
    const key = keyText(keyOf(route));
    this.#version += 1;
    const type = this.routes.has(key) ? 'MODIFIED' : 'ADDED';
    const status = route.status ?? this.routes.get(key)?.status;
    const stored: Route = {
      ...route,
      metadata: { ...route.metadata, resourceVersion: String(this.#version) },
      ...(status ? { status } : {}),
    };
    this.routes.set(key, stored);
    this.#tell(type, stored);
  }

  delete(key: string): void {
    const route = this.routes.get(key)!;
    this.routes.delete(key);
    this.#version += 1;
    this.#tell('DELETED', {
      ...route,
      metadata: { ...route.metadata, resourceVersion: String(this.#version) },
    });
  }

  #tell(type: string, object: unknown): void {
    for (const watcher of this.#watchers) watcher.write(`${JSON.stringify({ type, object })}\n`);
  }

  #watch(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    response.on('close', () => this.#watchers.delete(response));
    this.#watchers.add(response);
    const whole = url.searchParams.get('sendInitialEvents') === 'true';
    const since = whole ? 0 : Number(url.searchParams.get('resourceVersion'));
    for (const route of this.routes.values())
      if (Number(route.metadata.resourceVersion) > since)
        response.write(`${JSON.stringify({ type: 'ADDED', object: route })}\n`);
    if (!whole) return;
    const metadata = {
      resourceVersion: String(this.#version),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Route', metadata } })}\n`);
  }

  async #patch(path: string, request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [, namespace, name] = /\/namespaces\/([^/]+)\/routes\/([^/]+)\/status$/.exec(path) ?? [];
    const key = `${namespace}/${name}`;
    const { status } = JSON.parse(body);
    const route = this.routes.get(key);
    if (!route) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ kind: 'Status', status: 'Failure', code: 404, reason: 'NotFound', message: 'gone' }),
      );
      return;
    }
    this.patches.push({ key, status, at: performance.now() });
    this.put({ ...route, status: { ...route.status, ...status } });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.routes.get(key)));
  }
}

export const startPlatformServer = async (context: TestContext): Promise<PlatformServer> => {
  const server = new PlatformServer();
  await server.start();
  context.after(() => server.stop());
  return server;
};
