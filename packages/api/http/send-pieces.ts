import type { ServerResponse } from 'node:http';

/** A client that takes nothing for so long is gone, or might as well be. */
const stalledAfterMs = 60_000;

/** Waits until a client that is behind has caught up; cuts it off when it does not. */
export const drained = (response: ServerResponse): Promise<void> =>
  new Promise(resolve => {
    if (!response.writableNeedDrain || response.destroyed) return resolve();
    const timer = setTimeout(() => response.destroy(), stalledAfterMs);
    const done = () => {
      clearTimeout(timer);
      response.removeListener('drain', done);
      response.removeListener('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });

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
