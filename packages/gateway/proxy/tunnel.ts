import type { Socket } from 'node:net';

/**
 * Joins two connections after a protocol upgrade until both directions have ended. One side may end before the other
 * (half-close); when one breaks, the other is reset, so that nobody takes a break for an end. `onClosed` gets the
 * number of bytes that came from the backend.
 */
export const joinTunnel = (
  client: Socket,
  backend: Socket,
  onClosed: (bytesFromBackend: number) => void,
): void => {
  let open = 2;
  let bytes = 0;
  backend.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  for (const [one, other] of [
    [client, backend],
    [backend, client],
  ] as const) {
    one.pipe(other);
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => {
      if (!one.readableEnded || !one.writableFinished) other.resetAndDestroy();
      open -= 1;
      if (open === 0) onClosed(bytes);
    });
  }
};
