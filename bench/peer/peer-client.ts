import { Agent, type Dispatcher } from 'undici';
import type { PeerServer } from './peer-server.ts';

/** The one client that drives both servers: HTTP/1.1 with kept connections over TLS, one connection for each worker. */
export interface PeerClient {
  /** Throws unless the answer is a success. Returns its body. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<string>;
  /** Calls back with each piece of a watch, until it is closed. Resolves when the answer has begun. */
  watch(path: string, onPiece: (piece: string) => void): Promise<() => void>;
  close(): Promise<void>;
}

export const createPeerClient = (server: PeerServer, connections: number): PeerClient => {
  const agent = new Agent({ connections, pipelining: 1, connect: { ca: server.ca }, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${server.token}`, accept: 'application/json' };
  const request = (method: string, path: string, more: Partial<Dispatcher.RequestOptions>) =>
    agent.request({ origin: server.url, method: method as Dispatcher.HttpMethod, path, headers, ...more });
  return {
    async send(method, path, body, contentType = 'application/json') {
      const answer = await request(
        method,
        path,
        body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { ...headers, 'content-type': contentType } },
      );
      const text = await answer.body.text();
      if (answer.statusCode >= 300)
        throw new Error(`${server.name}: ${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
      return text;
    },
    async watch(path, onPiece) {
      const left = new AbortController();
      const answer = await request('GET', path, { signal: left.signal });
      answer.body.setEncoding('utf8');
      answer.body.on('data', onPiece);
      answer.body.on('error', () => {});
      return () => left.abort();
    },
    close: () => agent.destroy(),
  };
};
