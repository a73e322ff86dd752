import type { ServerResponse } from 'node:http';

/**
 * Ends a request in plain text, which git shows to its user as `remote:` lines. The connection is closed,
 * because a body may still be on its way that nobody wants to read.
 */
export const refuse = (
  response: ServerResponse,
  status: number,
  words: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(response.req.method === 'GET' ? {} : { Connection: 'close' }),
    ...headers,
  });
  response.end(`${words}\n`);
};

/** For a git that ended without an answer; `words` is what it said on stderr. */
export const refuseSilence = (response: ServerResponse, words: string): void =>
  refuse(
    response,
    500,
    `git ended without an answer. Try again; platform doctor checks the installation.\n${words}`,
  );
