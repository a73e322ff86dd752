import { type Dispatcher, Pool } from 'undici';
import type { PeerServer } from './peer-server.ts';

/** The one client that drives both servers: HTTP/1.1 with kept connections over TLS, one connection for each worker. */
export interface PeerClient {
  /** Opens all connections: clients keep theirs, and 128 handshakes would be the p99 of a few thousand operations. */
  connect(): Promise<void>;
  /** Throws unless the answer is a success. Returns its body. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<string>;
  /** Calls back with each piece of a watch, until it is closed. Resolves when the answer has begun. */
  watch(path: string, onPiece: (piece: string) => void): Promise<() => void>;
  close(): Promise<void>;
}

export const createPeerClient = (server: PeerServer, connections: number): PeerClient => {
  const pool = new Pool(server.url, {
    connections,
    pipelining: 1,
    connect: { ca: server.ca },
    // Else whoever speaks HTTP/2 would have a hundred workers on one connection.
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: 0,
  });
  const headers = { authorization: `Bearer ${server.token}`, accept: 'application/json' };
  const client: PeerClient = {
    async connect() {
      await Promise.all(Array.from({ length: connections }, () => client.send('GET', '/version')));
    },
    send(method, path, body, contentType = 'application/json') {
      const content =
        body === undefined
          ? { headers }
          : { body: JSON.stringify(body), headers: { ...headers, 'content-type': contentType } };
      // Half of what `request` costs: the client has the same processors as the servers.
      return new Promise((resolve, reject) => {
        const pieces: Buffer[] = [];
        let status = 0;
        pool.dispatch(
          { method: method as Dispatcher.HttpMethod, path, ...content },
          {
            onRequestStart() {},
            onResponseStart(_controller, code) {
              status = code;
            },
            onResponseData(_controller, piece) {
              pieces.push(piece);
            },
            onResponseEnd() {
              const text = Buffer.concat(pieces).toString();
              if (status < 300) resolve(text);
              else reject(new Error(`${server.name}: ${method} ${path}: ${status} ${text.slice(0, 300)}`));
            },
            onResponseError(_controller, error) {
              reject(error);
            },
          },
        );
      });
    },
    async watch(path, onPiece) {
      const left = new AbortController();
      const answer = await pool.request({ method: 'GET', path, headers, signal: left.signal });
      answer.body.setEncoding('utf8');
      answer.body.on('data', onPiece);
      answer.body.on('error', () => {});
      return () => left.abort();
    },
    close: () => pool.destroy(),
  };
  return client;
};
