import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface StartedBackend {
  readonly server: Server;
  readonly address: string;
  readonly port: number;
}

/** A real HTTP server on a free port of this machine. */
export const startBackend = async (
  context: TestContext,
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<StartedBackend> => {
  const server = createServer(options, listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, address: `127.0.0.1:${port}` };
};

/** A server of raw connections: for backends that do not speak HTTP well. */
export const startRawBackend = async (
  context: TestContext,
  onConnection: (socket: Socket) => void,
): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** An address nobody listens on: a port that was free a moment ago. */
export const deadAddress = async (): Promise<string> => {
  const server = createTcpServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>(resolve => server.close(() => resolve()));
  return `127.0.0.1:${port}`;
};
