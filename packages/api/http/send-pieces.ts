import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A client that takes nothing for so long is gone, or might as well be. */
const stalledAfterMs = 60_000;

/** Waits until a client that is behind has caught up; cuts it off when it does not. */
export const drained = (stream: ServerResponse | Socket): Promise<void> =>
  new Promise(resolve => {
    if (!stream.writableNeedDrain || stream.destroyed) return resolve();
    const timer = setTimeout(() => stream.destroy(), stalledAfterMs);
    const done = () => {
      clearTimeout(timer);
      stream.removeListener('drain', done);
      stream.removeListener('close', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
  });

/** A piece that goes to many: as it is, and as a chunk of a body (RFC 9112, 7.1). */
export interface SharedPiece {
  readonly plain: Buffer;
  readonly chunk: Buffer;
}

export const sharedPiece = (text: string): SharedPiece => {
  const length = Buffer.byteLength(text);
  const head = `${length.toString(16)}\r\n`;
  const chunk = Buffer.from(`${head}${text}\r\n`);
  return { plain: chunk.subarray(head.length, head.length + length), chunk };
};

/**
 * Writes a piece to one of many whose headers are sent; with a promise when there may be no more until it resolves. Node’s own way
 * would put the chunk together and copy it for each of them.
 */
export const sendShared = (
  response: ServerResponse,
  { plain, chunk }: SharedPiece,
): Promise<void> | undefined => {
  const { socket } = response;
  if (socket && response.chunkedEncoding) return socket.write(chunk) ? undefined : drained(socket);
  return response.write(plain) ? undefined : drained(response);
};

/** Writes text as fast as the client takes it, so that memory holds a piece and not the whole. */
export const sendPieces = async (
  response: ServerResponse,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> => {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
};
