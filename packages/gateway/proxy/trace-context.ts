import { randomFillSync, randomUUID } from 'node:crypto';

const traceparentPattern =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The trace id of a valid `traceparent` (W3C Trace Context §3.2), else `undefined`. Version 00 allows nothing after the flags. */
export const traceIdOf = (traceparent: string): string | undefined => {
  const match = traceparent.length <= 512 ? traceparentPattern.exec(traceparent) : null;
  if (!match || (match[2] !== undefined && traceparent.startsWith('00'))) return undefined;
  return match[1];
};

const idBytes = 24;
const pool = Buffer.alloc(idBytes * 128);
let used = pool.length;

/** A new `traceparent`, sampled: a tracer behind the gateway that follows its parent would record nothing otherwise. */
export const newTraceparent = (): string => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const ids = pool.toString('hex', used, used + idBytes);
  used += idBytes;
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-01`;
};

const requestIdPattern = /^[A-Za-z0-9._~:+/=@-]{1,128}$/;

/** Harmless in a log, a header and a page; anything else a client sends is replaced. */
export const isRequestId = (text: string): boolean => requestIdPattern.test(text);

export const newRequestId = (): string => randomUUID();
