/** gitprotocol-common(5): four hexadecimal digits give the length of a line, themselves included. */
export const pktLine = (payload: string | Buffer): Buffer => {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
};

export const flushPkt = Buffer.from('0000');

/**
 * The first complete line in `bytes`: its whole length and its payload. `undefined` when more must come
 * first.
 */
export const firstPktLine = (bytes: Buffer): { length: number; payload: Buffer } | undefined => {
  const digits = bytes.subarray(0, 4).toString('latin1');
  if (!/^[0-9a-f]{4}$/.test(digits)) return undefined;
  const length = Math.max(4, Number.parseInt(digits, 16));
  return bytes.length < length ? undefined : { length, payload: bytes.subarray(4, length) };
};
