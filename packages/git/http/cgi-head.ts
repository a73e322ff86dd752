import type { Readable } from 'node:stream';

/** The head of a CGI answer, RFC 3875 section 6. */
export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const longest = 64 * 1024;

export const parseCgiHead = (text: string): CgiHead => {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10) || 500;
    else headers[name] = value;
  }
  return { status, headers };
};

/**
 * Reads the head and leaves the stream paused at the body. `undefined` when the program ended without one.
 */
export const readCgiHead = (stream: Readable): Promise<CgiHead | undefined> =>
  new Promise(resolve => {
    let seen = Buffer.alloc(0);
    const settle = (head: CgiHead | undefined): void => {
      stream.pause();
      stream.off('data', take).off('end', end).off('close', end);
      resolve(head);
    };
    const end = (): void => settle(undefined);
    const take = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const [separator] = /\r?\n\r?\n/.exec(seen.toString('latin1')) ?? [];
      if (separator === undefined) {
        if (seen.length > longest) end();
        return;
      }
      const body = seen.indexOf(separator) + separator.length;
      settle(parseCgiHead(seen.toString('latin1', 0, body)));
      if (body < seen.length) stream.unshift(seen.subarray(body));
    };
    stream.on('data', take).on('end', end).on('close', end);
  });
