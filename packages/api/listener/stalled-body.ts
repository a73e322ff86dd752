import type { IncomingMessage } from 'node:http';

/**
 * Cuts a connection off on which a request’s body has begun and nothing more of it comes for so long. A body that comes
 * slowly is never cut, however long it takes, and neither is one that its handler is slow to read.
 */
export const endStalledBodies = (idleMs: number): ((request: IncomingMessage) => void) => {
  let begun: IncomingMessage[] = [];
  // What comes together with its head is complete when this turn of the event loop ends, as nearly all are.
  const look = (): void => {
    const requests = begun;
    begun = [];
    for (const request of requests) if (!request.complete && !request.destroyed) watchBody(request, idleMs);
  };
  return request => {
    const { headers } = request;
    const length = headers['content-length'] ?? '0';
    if (length === '0' && headers['transfer-encoding'] === undefined) return;
    if (begun.push(request) === 1) setImmediate(look);
  };
};

const watchBody = (request: IncomingMessage, idleMs: number): void => {
  const { socket } = request;
  let unread = false;
  socket.setTimeout(idleMs);
  // Answering the event here keeps the server from destroying the socket by itself.
  request.on('timeout', () => {
    const wasUnread = unread;
    unread = request.readableLength > 0;
    // When its handler has only just read it, the client has not had its time yet.
    if (unread || wasUnread) socket.setTimeout(idleMs);
    else socket.destroy();
  });
  request.once('end', () => socket.setTimeout(0));
};
