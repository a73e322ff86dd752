import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface StandIn {
  readonly url: string;
  /** Every request so far. */
  readonly requests: Recorded[];
  /** How many connections have been opened so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

type Handler = (request: Recorded, response: ServerResponse) => void;

/** A server that answers as told, for what a real one does only rarely: cut lines, expiry, lost connections. */
export const startStandIn = async (handler: Handler): Promise<StandIn> => {
  const requests: Recorded[] = [];
  let connections = 0;
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const recorded: Recorded = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'http://stand-in'),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(recorded);
    handler(recorded, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A service as the API shows it. */
export const serviceObject = (
  name: string,
  resourceVersion: string,
  uid = `uid-${name}`,
): Record<string, unknown> => ({
  apiVersion: 'causeway.dev/v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: 'default',
    uid,
    resourceVersion,
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {},
});

/** The line that ends the initial state of a watch. */
export const stateEnd = (resourceVersion: string): Record<string, unknown> => ({
  type: 'BOOKMARK',
  object: {
    apiVersion: 'causeway.dev/v1',
    kind: 'Service',
    metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } },
  },
});

export const expired = {
  type: 'ERROR',
  object: {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    message: 'too old resource version: 5 (9)',
    reason: 'Expired',
    code: 410,
  },
};

export const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
