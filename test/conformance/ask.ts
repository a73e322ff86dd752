import https from 'node:https';
import type { Target } from './target.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const withinMs = 60_000;

/** An answer under way: its lines can be read as they come. */
export interface OpenAnswer {
  readonly status: Promise<Answered>;
  /** Resolves with the lines so far when there are so many, or when the answer has ended. */
  lines(count: number): Promise<readonly string[]>;
  close(): void;
}

/** Sends a request as it is: what is wrong in it is meant. */
export const open = (target: Target, { method, path, headers, body }: Asked): OpenAnswer => {
  const request = https.request(target.url + path, {
    method,
    ca: target.ca,
    agent: false,
    headers: {
      authorization: `Bearer ${target.token}`,
      'user-agent': 'conformance',
      accept: 'application/json',
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  });
  let text = '';
  let ended = false;
  let onChange = () => {};
  const status = new Promise<Answered>((resolve, reject) => {
    request.setTimeout(withinMs, () => request.destroy(new Error(`${method} ${path}: no answer`)));
    request.once('error', error => {
      ended = true;
      onChange();
      reject(error);
    });
    request.once('response', response => {
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        onChange();
      });
      response.once('close', () => {
        ended = true;
        onChange();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
  });
  // Whoever closes a watch does not look at how it ended.
  status.catch(() => {});
  request.end(body);
  const complete = () => text.split('\n').slice(0, -1);
  return {
    status,
    lines: count =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${path}: only ${complete().length} of ${count} lines came\n${text}`)),
          withinMs,
        );
        onChange = () => {
          if (!ended && complete().length < count) return;
          clearTimeout(timer);
          resolve(complete().slice(0, count));
        };
        onChange();
      }),
    close: () => request.destroy(),
  };
};

export const ask = (target: Target, asked: Asked): Promise<Answered> => open(target, asked).status;
