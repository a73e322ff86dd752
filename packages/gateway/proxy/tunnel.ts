import type { Duplex } from 'node:stream';

/**
 * Joins two connections after a protocol upgrade until both directions have ended. One side may end before the other
 * (half-close); when one breaks, so does the other. `onClosed` gets the bytes that went to the client.
 */
export const joinTunnel = (
  client: Duplex,
  backend: Duplex,
  onClosed: (bytesToClient: number) => void,
): void => {
  let bytes = 0;
  let open = 2;
  const closed = (): void => {
    if (--open === 0) onClosed(bytes);
  };
  backend.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  for (const [one, other] of [
    [client, backend],
    [backend, client],
  ] as const) {
    one.pipe(other);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      if (!one.readableEnded || !one.writableFinished) other.destroy();
      closed();
    });
  }
};
