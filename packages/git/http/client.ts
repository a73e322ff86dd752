import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Backend } from './backend.ts';

/** Aborts when the client has gone before it had its answer. */
export const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
};

/**
 * Feeds the request's body to git. What git does not read any more is read and dropped, so that the client
 * gets to its answer. A body that breaks off is an end for git, which then takes nothing.
 */
export const feed = (request: IncomingMessage, backend: Backend): void => {
  const drop = (): void => {
    request.unpipe(backend.stdin);
    request.resume();
  };
  backend.stdin.once('error', drop).once('close', drop);
  request.once('close', () => backend.stdin.end());
  request.pipe(backend.stdin);
};

/** Sends a piece, no faster than the client takes it. To a client that has gone it sends nothing. */
export const send = async (response: ServerResponse, bytes: Buffer): Promise<void> => {
  if (response.destroyed || response.write(bytes)) return;
  await new Promise<void>(resolve => {
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.once('drain', settle).once('close', settle);
  });
};
