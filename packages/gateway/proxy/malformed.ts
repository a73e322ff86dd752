import { badRequest, type Problem } from './problem.ts';

/** What to answer to bytes that are no request, by the parser's error; `undefined`: there is nobody to answer. */
export const malformed = (error: NodeJS.ErrnoException): Problem | undefined => {
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'HeadersTooLarge',
        detail: 'The request’s headers are larger than the gateway accepts.',
        next: 'Send fewer or smaller headers; cookies are the usual cause.',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return {
        status: 413,
        code: 'ChunkExtensionsTooLarge',
        detail: 'The chunk extensions of the request’s body are larger than the gateway accepts.',
        next: 'Send the body without chunk extensions.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'RequestTimeout',
        detail: 'The request’s headers did not arrive in time.',
        next: 'Send the request again, without pauses.',
      };
    default:
      return badRequest('The request is not valid HTTP/1.1.');
  }
};
