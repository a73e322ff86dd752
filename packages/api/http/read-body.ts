import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@causeway/model';

/** As the kube-apiserver. */
export const maxBodyBytes = 3 * 1024 * 1024;
/** How long a client may take to send all of a body. */
const bodyWithinMs = 30_000;

const tooLarge = (): PlatformError =>
  new PlatformError('TooLarge', `the request body is larger than ${maxBodyBytes} bytes`);

/** What is small comes with its head, and is here before anybody asks for it; that it is complete, Node notes only afterwards. */
const isWhole = ({ headers, readableLength, destroyed }: IncomingMessage): boolean =>
  readableLength > 0 && readableLength === Number(headers['content-length']) && !destroyed;

/** The whole body. Throws `TooLarge`, `Timeout`, or `BadRequest` when the client goes away. */
export const readBody = (request: IncomingMessage): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return Promise.reject(tooLarge());
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.reject(
      new PlatformError(
        'UnsupportedMediaType',
        `content encoding ${encoding.slice(0, 40)} is not read here`,
        {
          next: 'Send the body without a content encoding.',
        },
      ),
    );
  if (isWhole(request)) return Promise.resolve(request.read());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (error?: PlatformError) => {
      clearTimeout(timer);
      request.removeListener('data', onData);
      if (!error) return resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
      // What is still to come is read and forgotten, so that the client gets to read the answer.
      request.resume();
      reject(error);
    };
    const timer = setTimeout(
      () =>
        end(new PlatformError('Timeout', `the request body did not arrive within ${bodyWithinMs / 1000} s`)),
      bodyWithinMs,
    );
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBodyBytes) return end(tooLarge());
      chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => end());
    request.once('error', () =>
      end(new PlatformError('BadRequest', 'the request ended before its body was complete')),
    );
  });
};
